"""The first run: what a newcomer does in the first minutes, by mouse, by keyboard alone, and without any script."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from models import SessionStatus
from tests.browser.hands import Hand, Keyboard, Mouse
from tests.browser.house import PASSWORD
from tests.browser.server import Server
from tests.browser.watch import Watch
from tests.records import Records
from tests.workers import eventually, working

ANSWERS = {"purpose": "A landing page for a bakery", "audience": "People who are hungry"}
STEPS = ("purpose", "audience", "model", "hosting", "key", "template")
HANDS: dict[str, tuple[Callable[[Page], Hand], dict[str, bool]]] = {
    "by mouse": (Mouse, {}),
    "by keyboard alone": (Keyboard, {}),
    "without JavaScript": (Mouse, {"java_script_enabled": False}),
}


@pytest.fixture(scope="module", autouse=True)
def worker(server: Server) -> Iterator[None]:
    """Deploys are delivered, to the build host."""
    with working(server.database_url):
        yield


class Visitor:
    """Somebody at a browser, who acts with one kind of hand."""

    def __init__(self, page: Page, hand: Hand, *, has_scripts: bool) -> None:
        self.page = page
        self.hand = hand
        self.has_scripts = has_scripts

    def press(self, role: str, name: str, *, inside: str = "body") -> None:
        self.hand.press(self.page.locator(inside).get_by_role(role, name=name).first)  # type: ignore[arg-type]

    def sees(self, text: str, *, inside: str = "main") -> None:
        expect(self.page.locator(inside)).to_contain_text(text)

    def sees_come(self, text: str, *, inside: str) -> None:
        """Wait for something to appear: on the page as it stands, or, without scripts, by looking again."""
        if not self.has_scripts:
            eventually(lambda: text in self._after_reload(inside), every_s=0.2)
            return
        self.page.evaluate("window.stillTheSamePage = true")
        self.sees(text, inside=inside)
        assert self.page.evaluate("window.stillTheSamePage") is True

    def _after_reload(self, inside: str) -> str:
        self.page.reload()
        return self.page.locator(inside).inner_text()


@pytest.fixture(params=HANDS)
def visitor(request: pytest.FixtureRequest, page_of: Callable[..., Page]) -> Iterator[Visitor]:
    """A newcomer with a hand of each kind, of whom the browser has nothing to complain."""
    make_hand, options = HANDS[request.param]
    page = page_of(None, reduced_motion="reduce", **options)
    watch = Watch(page)
    yield Visitor(page, make_hand(page), has_scripts=not options)
    assert watch.heard == []


@pytest.fixture
def failed_session(house_records: Records, hook_base: str) -> UUID:
    """The newest session, whose deploy has failed, and whose hook is well by now."""
    hook = f"{hook_base}/hooks/first-run-0123456789"
    values = {"purpose": "A shop for teapots and cups", "vercel_hook_url": hook}
    session = house_records.session(status=SessionStatus.FAILED, **values)
    house_records.attempt(deploy=house_records.deploy(session=session, hook_url=hook))
    house_records.save()
    return session.id


def test_the_first_run(visitor, failed_session):
    sign_in(visitor)
    read_the_console(visitor)
    retry_a_failed_deploy(visitor, failed_session)
    mark_a_project_configured(visitor)
    begin_a_wizard_and_leave_it(visitor)
    session_path = resume_and_finish_it(visitor)
    find_it_all_on_the_console(visitor, session_path)


def sign_in(visitor: Visitor) -> None:
    visitor.page.goto("/console/")
    visitor.hand.write(visitor.page.get_by_label("E-mail"), "operator@example.com")
    visitor.hand.write(visitor.page.get_by_label("Password", exact=True), PASSWORD)
    visitor.press("button", "Sign in")
    visitor.page.wait_for_url("**/console/")


def read_the_console(visitor: Visitor) -> None:
    for widget in ("attention", "funnel", "onboarding", "projects", "deploys", "quick"):
        expect(visitor.page.locator(f"#widget-{widget}")).to_be_attached()
    assert visitor.page.locator("#widget-onboarding tbody tr").count() == 10
    assert visitor.page.locator("#widget-deploys tbody tr").count() >= 10


def retry_a_failed_deploy(visitor: Visitor, session_id: UUID) -> None:
    row = f"#session-{session_id}"
    visitor.sees("503", inside=row)

    visitor.press("button", "Retry deploy", inside=row)
    visitor.sees("queued", inside="body")

    visitor.sees_come("201", inside=row)


def mark_a_project_configured(visitor: Visitor) -> None:
    project = visitor.page.locator("#widget-projects li", has=visitor.page.get_by_role("button")).first
    title = project.get_by_role("link").first
    address = title.get_attribute("href")

    visitor.hand.press(project.get_by_role("button", name="Mark as configured"))

    visitor.sees("marked as configured", inside="body")
    visitor.page.goto(address or "")
    visitor.sees("Deploy configured")


def begin_a_wizard_and_leave_it(visitor: Visitor) -> None:
    visitor.page.goto("/console/")
    visitor.press("button", "Start new wizard")
    for step in STEPS[:2]:
        answer(visitor, step)
    visitor.page.wait_for_url("**/model")
    visitor.press("link", "Console", inside="nav")
    visitor.page.wait_for_url("**/console/")


def resume_and_finish_it(visitor: Visitor) -> str:
    visitor.press("link", "Wizard", inside="nav")
    for step in STEPS[2:]:
        answer(visitor, step)
    visitor.page.wait_for_url("**/summary")
    for text in ANSWERS.values():
        visitor.sees(text)
    visitor.press("button", "Finish")
    visitor.page.wait_for_url("**/done")
    visitor.sees_come("Succeeded", inside="#done")
    return visitor.page.get_by_role("link", name="Session and deploy").get_attribute("href") or ""


def answer(visitor: Visitor, step: str) -> None:
    """Answer the step of the wizard that stands there, and go on."""
    visitor.page.wait_for_url(f"**/{step}")
    if step in ANSWERS:
        visitor.hand.write(visitor.page.get_by_role("combobox"), ANSWERS[step])
    else:
        name = "I have no key yet" if step == "key" else ""
        visitor.hand.choose(visitor.page.locator("main").get_by_role("radio", name=name).first)
    visitor.press("button", "Continue")


def find_it_all_on_the_console(visitor: Visitor, session_path: str) -> None:
    visitor.press("link", "To the console")
    visitor.page.wait_for_url("**/console/")
    session_id = session_path.rpartition("/")[2]
    visitor.sees(ANSWERS["purpose"], inside=f"#session-{session_id}")
    visitor.sees("201", inside=f"#session-{session_id}")
    visitor.sees(ANSWERS["purpose"], inside="#widget-deploys")
    visitor.page.goto("/admin/project/")
    visitor.sees(ANSWERS["purpose"])
    visitor.page.goto(session_path)
    visitor.sees("Completed")
