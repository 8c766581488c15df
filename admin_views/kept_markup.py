"""Markup that is alike for all who look at a list in the same way, kept between requests.

A page of a list is read again for each of its pages, and whenever its records change; its forms stay the same.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from flask import Flask, current_app, request
from markupsafe import Markup

LIMIT = 300
"""Pieces that are kept, of some 20 kB each at most; those that were not asked for longest go first."""


def init_app(app: Flask) -> None:
    """Give templates `{% call kept("name", …) %}`: its content is made once for each set of arguments.

    They must name all that the content depends on, and it must hold nothing that is one person's, such as a token.
    """
    app.extensions["kept_markup"] = OrderedDict()
    app.jinja_env.globals["kept"] = kept
    app.jinja_env.filters["tuple_of"] = tuple


def kept(*key: Hashable, caller: Callable[[], Markup]) -> Markup:
    """The content that was made for these arguments, or is made now."""
    pieces: OrderedDict[Hashable, Markup] = current_app.extensions["kept_markup"]
    whole_key = (request.script_root, *key)
    piece = pieces.pop(whole_key, None)
    pieces[whole_key] = piece = caller() if piece is None else piece
    if len(pieces) > LIMIT:
        pieces.popitem(last=False)
    return piece
