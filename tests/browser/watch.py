"""What a browser complains of while it shows a page: errors, broken requests, breaches of the security policy."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page, Request, Response

LISTENER = """
window.breaches = [];
document.addEventListener("securitypolicyviolation", (event) => {
  const { violatedDirective, blockedURI, sourceFile, lineNumber } = event;
  window.breaches.push(`${violatedDirective} refused ${blockedURI} ${sourceFile}:${lineNumber}`);
});
"""
"""Begins to listen before anything of a page runs; it counts what the console's own messages might leave out."""


class Watch:
    """Everything that was complained of since the last `forget()`."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._complaints: list[str] = []
        page.add_init_script(LISTENER)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complaints.append(f"script failed: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def forget(self) -> None:
        self._complaints.clear()

    @property
    def heard(self) -> list[str]:
        """Each complaint in words; of breaches, those that the console told."""
        return list(self._complaints)

    @property
    def complaints(self) -> list[str]:
        """Each complaint in words, and each breach of the page that stands there."""
        breaches = self._page.evaluate("window.breaches || []")
        return [*self._complaints, *(f"policy: {breach}" for breach in breaches)]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self._complaints.append(f"console {message.type}: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that is left ends what it had asked for
            self._complaints.append(f"request failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self._complaints.append(f"answered {response.status}: {response.url}")


@contextmanager
def no_complaints(watch: Watch) -> Iterator[None]:
    """Fail if the browser complains of anything in the block."""
    watch.forget()
    yield
    assert watch.complaints == []
