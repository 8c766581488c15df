"""Flask-Admin's pages as a person reads them."""

import csv
import io
import re
from html import unescape

from werkzeug.test import TestResponse

from tests.client import Browser


def text_of(html: str) -> str:
    """The words of a piece of HTML."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


class Page:
    """One page."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self.html = answer.text

    @property
    def messages(self) -> list[str]:
        """What was flashed."""
        return [unescape(text) for text in re.findall(r'<span class="alert-text">(.*?)</span>', self.html, re.DOTALL)]

    @property
    def count(self) -> int:
        """How many rows the list says it has."""
        match = re.search(r'<span class="list-count">([\d,]+)<', self.html)
        assert match, "This is no list."
        return int(match[1].replace(",", ""))

    @property
    def rows(self) -> int:
        """How many rows stand on this page of the list."""
        return self.html.count('<td class="list-buttons-column"')

    def column(self, name: str) -> list[str]:
        """The cells of a list's column, from top to bottom."""
        cells = re.findall(rf'<td class="col-{re.escape(name)}"[^>]*>(.*?)</td>', self.html, re.DOTALL)
        return [text_of(cell) for cell in cells]

    @property
    def chips(self) -> list[str]:
        """The filters in force, as they are shown."""
        return [
            text_of(chip)
            for chip in re.findall(r'class="filter-words"[^>]*>(.*?)</(?:button|span)><a', self.html, re.DOTALL)
        ]

    @property
    def row_actions(self) -> list[str]:
        """The names of the actions that rows offer as buttons."""
        return re.findall(r'<input type="hidden" name="action" value="(\w+)">', self.html)

    @property
    def details(self) -> dict[str, str]:
        """The labels and values of a details page."""
        rows = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", self.html, re.DOTALL)
        return {unescape(label): text_of(value) for label, value in rows}

    def field(self, name: str) -> str:
        """The value of a form's field."""
        tag = re.search(rf'<(input|textarea|select)[^>]*name="{name}"[^>]*>(.*?</\1>)?', self.html, re.DOTALL)
        assert tag, f"There is no field {name}."
        if tag[1] == "select":
            chosen = re.search(r'<option selected[^>]*value="([^"]*)"', tag[0])
            return unescape(chosen[1]) if chosen else ""
        if tag[1] == "textarea":
            return unescape(re.sub(r"^<textarea[^>]*>\r?\n?|</textarea>$", "", tag[0]))
        value = re.search(r'value="([^"]*)"', tag[0])
        return unescape(value[1]) if value else ""

    @property
    def errors(self) -> list[str]:
        """What stands by the fields of a form."""
        blocks = re.findall(r'<div class="invalid-feedback"[^>]*>(.*?)</div>', self.html, re.DOTALL)
        return [unescape(text) for block in blocks for text in re.findall(r"<li>(.*?)</li>", block, re.DOTALL)]


def csv_rows(answer: TestResponse) -> list[dict[str, str]]:
    """The rows of an export by their labels."""
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def listed(browser: Browser, arguments: str = "", *, endpoint: str = "shop") -> Page:
    """A list as `browser` sees it, wherever it is led."""
    return Page(browser.get(f"/admin/{endpoint}/{arguments}", follow_redirects=True))
