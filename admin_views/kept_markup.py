"""Markup that is alike for all who look at a list in the same way, kept between requests.

A page of a list is read again for each of its pages, and whenever its records change; its forms stay the same, and so
does the frame around it. What differs from person to person, or from look to look, is left open and filled in anew.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from secrets import token_hex
from typing import Any

from flask import Flask, current_app, request
from markupsafe import Markup

LIMIT = 300
"""Pieces that are kept, of some 20 kB each at most; those that were not asked for longest go first."""
_MARKS = tuple(f"open-{number}-{token_hex(16)}" for number in range(6))
"""What a piece has where something is filled in: nobody can guess it, so that nothing else is taken for it."""


def init_app(app: Flask) -> None:
    """Give templates `{% call(token) kept("name", …, holes=(csrf_token(),)) %}`.

    The content is made once for each set of arguments. They must name all that it depends on; what is one person's,
    such as a token, comes in as a hole: the content has a mark in its place, which is replaced whenever it is shown.
    """
    app.extensions["kept_markup"] = OrderedDict()
    app.jinja_env.globals["kept"] = kept
    app.jinja_env.filters["tuple_of"] = tuple


def kept(*key: Hashable, holes: Sequence[Any] = (), caller: Callable[..., Markup]) -> Markup:
    """The content that was made for these arguments, or is made now, with the holes filled in, escaped."""
    pieces: OrderedDict[Hashable, Markup] = current_app.extensions["kept_markup"]
    whole_key = (request.script_root, *key)
    piece = pieces.pop(whole_key, None)
    pieces[whole_key] = piece = caller(*_MARKS[: len(holes)]) if piece is None else piece
    if len(pieces) > LIMIT:
        pieces.popitem(last=False)
    for mark, value in zip(_MARKS[: len(holes)], holes, strict=True):
        piece = piece.replace(mark, value)
    return piece
