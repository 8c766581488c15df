"""Signing in by an OpenID provider: what it is asked, and what of its answers is believed."""
