"""A list's cells as they are shown, whatever Flask-Admin made of them."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, request, url_for
from markupsafe import Markup

_YES_OR_NO = re.compile(r'<span class="fa fa-(check|minus)-circle [^>]*></span>')
"""What Flask-Admin's formatter makes of a boolean: a letter of a font of icons, which is not served."""


def init_app(app: Flask) -> None:
    app.jinja_env.filters["cell"] = cell
    app.jinja_env.globals["row_url"] = row_url


def row_url(page: str, row_id: Any, return_url: str) -> str:
    """Where a row leads: to `details_view` or `edit_view`, and from there back to the list."""
    return quote(str(row_id), safe="").join(around_id(page, return_url))


def around_id(page: str, return_url: str) -> tuple[str, str]:
    """Such an address before and after the row's id."""
    return _around(request.script_root, f"{request.blueprint}.{page}", return_url)


@lru_cache(maxsize=1_000)
def _around(script_root: str, endpoint: str, return_url: str) -> tuple[str, str]:
    """Kept, since it is the same for each row of a list."""
    before, after = url_for(endpoint, id="ROW", url=return_url).split("id=ROW", 1)
    return f"{before}id=", after


def cell(value: Any) -> Any:
    """The value, with words where there would be icons of a font."""
    if not isinstance(value, Markup) or "fa-" not in value:
        return value
    return Markup(_YES_OR_NO.sub(_in_words, value))  # noqa: S704 - it was markup before


def _in_words(match: re.Match[str]) -> str:
    return "Yes" if match[1] == "check" else "No"
