"""A list's cells as they are shown, whatever Flask-Admin made of them."""

import re
from typing import Any

from flask import Flask
from markupsafe import Markup

_YES_OR_NO = re.compile(r'<span class="fa fa-(check|minus)-circle [^>]*></span>')
"""What Flask-Admin's formatter makes of a boolean: a letter of a font of icons, which is not served."""


def init_app(app: Flask) -> None:
    app.jinja_env.filters["cell"] = cell


def cell(value: Any) -> Any:
    """The value, with words where there would be icons of a font."""
    if not isinstance(value, Markup):
        return value
    return Markup(_YES_OR_NO.sub(_in_words, value))  # noqa: S704 - it was markup before


def _in_words(match: re.Match[str]) -> str:
    return "Yes" if match[1] == "check" else "No"
