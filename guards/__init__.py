"""What every request and answer passes before and after all else, whatever it is for: the web's own dangers."""

from flask import Flask

from guards import forgery, hosts, proxies, rate_limits, shapes

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Put the guards up, the cheapest first; to be called before anything reads a body or a session."""
    proxies.init_app(app)
    hosts.init_app(app)
    shapes.init_app(app)
    forgery.init_app(app)
    rate_limits.init_app(app)
