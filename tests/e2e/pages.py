"""A person at a real server: pages are fetched over HTTP and their forms filled in as they stand."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx


@dataclass
class Form:
    """One form of a page: where it goes, and what it would send."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    """What each group of radio buttons, and each select, offers."""
    text: str = ""


class Page(HTMLParser):
    """A page's words and forms."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.status = response.status_code
        self.path = response.url.raw_path.decode()
        self.html = response.text
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: str | None = None
        self.feed(response.text)

    @property
    def text(self) -> str:
        """The page's words, without markup, each run of white space as one space."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.html).split())

    def form_to(self, ending: str) -> Form:
        """The first form whose action ends so."""
        return next(form for form in self.forms if form.action.partition("?")[0].endswith(ending))

    def forms_to(self, pattern: str) -> list[Form]:
        """All forms whose action matches."""
        return [form for form in self.forms if re.search(pattern, form.action)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values: dict[str, Any] = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(values.get("action") or self.path, values.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input" and values.get("name"):
            self._input(self._form, values)
        elif tag == "select":
            self._select = values.get("name")
        elif tag == "option" and self._select and values.get("value"):
            self._form.choices.setdefault(self._select, []).append(values["value"])
        elif tag == "textarea":
            self._form.values.setdefault(values.get("name", ""), "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._form is not None:
            self._form.text += data

    @staticmethod
    def _input(form: Form, values: dict[str, Any]) -> None:
        if values.get("type") in ("radio", "checkbox"):
            form.choices.setdefault(values["name"], []).append(values.get("value", "on"))
            if "checked" not in values:
                return
        form.values[values["name"]] = values.get("value", "")


class Person:
    """Somebody with a browser's cookies, and no scripts."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, follow_redirects=True, timeout=30, trust_env=False)

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def look_at(self, path: str) -> Page:
        return Page(self._client.get(path))

    def send(self, form: Form, **values: str) -> Page:
        """Send a form as it stands, with some of its fields filled in."""
        headers = {"Referer": str(self._client.base_url)}
        if form.method == "get":
            return Page(self._client.get(form.action, params=form.values | values))
        return Page(self._client.post(form.action, data=form.values | values, headers=headers))

    def sign_in(self, email: str, password: str) -> Page:
        return self.send(self.look_at("/login").form_to("/login"), email=email, password=password)
