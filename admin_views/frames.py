"""What is around a page: the whole console, or nothing where the page only renews a part of itself."""

BARE = "console/_bare.html"
"""The frame of a page that sends only what it renews."""
