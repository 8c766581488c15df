"""Credentials that stand in the addresses of a text."""

import re

_USERINFO = re.compile(
    r"(?:(?<=://)|(?<=\A//))"
    r"(?!(?<=ssh://)[^\s/?#:@]+@(?![^\s/?#]*@))"  # ssh://git@host names an account that everybody has
    r"[^\s/?#]*@",
    re.IGNORECASE,
)


def without_credentials(text: str) -> str:
    """The text without the user names and passwords that URLs in it carry."""
    return _USERINFO.sub("…@", text) if "@" in text else text
