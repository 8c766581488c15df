"""The pages of one's own account, which share a frame and a row of tabs; each is one line here."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, request, url_for

from people import sign_in_provider


@dataclass(frozen=True)
class AccountPage:
    """One tab of `templates/console/account/_frame.html`."""

    endpoint: str
    title: str
    icon: str

    @property
    def is_here(self) -> bool:
        """Whether the page that is shown is this one, or one to which it leads."""
        address = url_for(self.endpoint).rstrip("/")
        return f"{request.path}/".startswith(f"{address}/")


PAGES: tuple[AccountPage, ...] = (
    AccountPage("account.sign_ins", "Sign-ins", "device-desktop"),
    AccountPage("account.password", "Password", "lock"),
    AccountPage("second_factors.index", "Second factors", "shield-lock"),
    AccountPage("identities.index", "Linked sign-ins", "link"),
    AccountPage("api_tokens.index", "API tokens", "key"),
)
"""In the order of the tabs."""


def init_app(app: Flask) -> None:
    app.jinja_env.globals["account_pages"] = account_pages


def account_pages() -> Sequence[AccountPage]:
    """Those that there are: without a provider nothing is linked."""
    return [page for page in PAGES if page.endpoint != "identities.index" or sign_in_provider.is_on()]
