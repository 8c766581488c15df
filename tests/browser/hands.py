"""How somebody acts on a page: with a mouse, or with nothing but keys."""

from typing import Any, Protocol

from playwright.sync_api import Locator, Page

STOPS = 250
"""Presses of Tab after which something counts as out of reach."""

_FOCUS = """
(target) => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return {state: "nowhere"};
  const around = [focused, ...["label", ".answer"].map((each) => focused.closest(each))].filter(Boolean);
  const isOutlined = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  const shows = around.some(isOutlined) || getComputedStyle(focused).boxShadow !== "none";
  const box = around.map((element) => element.getBoundingClientRect()).sort((a, b) => b.width - a.width)[0];
  const shares = [0.5, 0.1, 0.9];
  const isSeen = shares.flatMap((x) => shares.map((y) => [x, y])).some(([x, y]) => {
    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return top && around.some((element) => element.contains(top) || top.contains(element));
  });
  const isNear = focused.type === "radio" && target.type === "radio" && focused.name === target.name;
  return {
    state: focused === target ? "there" : isNear ? "near" : "elsewhere",
    fault: !shows ? "has no visible focus" : !isSeen ? "is hidden while it has the focus" : "",
    what: focused.outerHTML.slice(0, 200),
  };
}
"""


class Hand(Protocol):
    """Presses, writes and chooses on a page."""

    def press(self, target: Locator) -> None: ...

    def write(self, target: Locator, text: str) -> None: ...

    def choose(self, radio: Locator) -> None: ...


class Mouse:
    """Clicks what it means."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, text: str) -> None:
        target.click()
        self._page.keyboard.type(text)

    def choose(self, radio: Locator) -> None:
        radio.check()


class Keyboard:
    """Tab, arrows, Enter and Space; wherever it stops, the focus has to be seen."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, target: Locator) -> None:
        self._reach(target)
        self._page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        self._page.keyboard.type(text)

    def choose(self, radio: Locator) -> None:
        self._reach(radio)
        self._page.keyboard.press("Space")

    def _reach(self, target: Locator) -> None:
        """Go on from where the focus is, with arrows inside of a group, over the skip link into a page that is new."""
        target.wait_for(state="attached")
        at = self._look(target)
        if at["state"] == "nowhere":
            self._page.keyboard.press("Tab")
            self._page.keyboard.press("Enter")
        for _ in range(STOPS):
            if at["state"] == "there":
                return
            self._page.keyboard.press("ArrowDown" if at["state"] == "near" else "Tab")
            at = self._look(target)
        raise AssertionError(f"{target} can't be reached by keyboard; the last stop was {at.get('what')}")

    def _look(self, target: Locator) -> dict[str, Any]:
        at: dict[str, Any] = target.evaluate(_FOCUS)
        assert not at.get("fault"), f"{at['what']} {at['fault']}"
        return at
