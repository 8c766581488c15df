"""axe-core on a page that stands in a browser.

Three quarters of its time would go into the contrast of every single text. Text of one colour and size on one colour is
right or wrong wherever it stands: so contrast is judged once for each such look, and all other rules for every element,
again wherever a width shows what was right on no page before; at each width, what rules measure.
"""

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

SCRIPT = AXE_SCRIPT + (Path(__file__).parent / "axe.js").read_text(encoding="utf-8")


class Judge:
    """Judges pages, and remembers which looks are right, and what else was right where it came into sight."""

    def __init__(self) -> None:
        self._right: set[str] = set()
        self._shown: set[str] = set()

    @staticmethod
    def prepare(page: Page) -> None:
        """Have axe in each document that the page is led to; no security policy binds a browser's own tools."""
        page.add_init_script(SCRIPT)

    def of_page(self, page: Page, *, goes_on: bool = False) -> list[str]:
        """What breaks any rule but those on colours, each in a line; `goes_on` after another width."""
        new = page.evaluate("listNew()")
        is_known = not new or (goes_on and self._shown.issuperset(new))
        faults: list[str] = page.evaluate("judgeSizes()" if is_known else "judgePage()")
        if goes_on and not faults:
            self._shown.update(new)
        return faults

    def of_colours(self, page: Page) -> list[str]:
        """Text that is too faint, and links that only their colour tells from the text around, each in a line."""
        looks = [look for look in page.evaluate("listLooks()") if look not in self._right]
        faults: list[str] = page.evaluate("looks => judgeLooks(looks)", looks) if looks else []
        if not faults:
            self._right.update(looks)
        return faults
