"""Where an act leads back to: the page that it was asked for from, never another site."""

import re

from flask import request, url_for

PAGES_OF_OURS = re.compile(r"/(console|admin|wizard|api/docs)(/[!-~]*|$)")


def way_back() -> str:
    """The page that the form names in `back`, or the console where it names none of ours."""
    page = request.form.get("back", "")
    return page if PAGES_OF_OURS.fullmatch(page) else url_for("console.index")
