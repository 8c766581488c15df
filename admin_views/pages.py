"""Pages of lists that are not long enough for a cursor."""

from flask import request

from services.errors import InvalidInputError

PAGES = 200
"""Pages beyond which nobody looks, and up to which those that come before are soon passed over."""


def parse_page() -> int:
    """The page that the address names, from 0, which is the first.

    Raises:
        InvalidInputError: there is no such page.
    """
    text = request.args.get("page", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < PAGES):
        raise InvalidInputError("There is no such page.", field="page")
    return int(text)
