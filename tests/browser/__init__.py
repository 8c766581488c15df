"""A package, so that its browser, and the event loop that drives it, end with the last of its tests."""
