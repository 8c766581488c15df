"""The pages of one's own account, which share a frame and a row of tabs; each is one line here."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, request


@dataclass(frozen=True)
class AccountPage:
    """One tab of `templates/console/account/_frame.html`."""

    endpoint: str
    title: str
    icon: str

    @property
    def is_here(self) -> bool:
        """Whether the page that is shown is this one; all methods of one view belong to one tab."""
        return request.endpoint == self.endpoint


PAGES: tuple[AccountPage, ...] = (AccountPage("second_factors.index", "Second factors", "shield-lock"),)
"""In the order of the tabs."""


def init_app(app: Flask) -> None:
    app.jinja_env.globals["account_pages"] = account_pages


def account_pages() -> Sequence[AccountPage]:
    return PAGES
