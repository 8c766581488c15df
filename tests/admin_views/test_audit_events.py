"""The audit trail as a list."""

from uuid import uuid4

from models import Role
from services import audit
from tests.admin_views.pages import Page
from tests.conftest import actor_of


def test_an_act_shows_who_did_what_with_before_and_after(sign_in, make, db):
    admin = make.user(role=Role.ADMIN, email="ana@example.com")
    subject = uuid4()
    audit.record(db, actor_of(admin), "deploy:retry", subject, before={"status": "a"}, after={"status": "b"})
    browser = sign_in(Role.VIEWER)

    page = Page(browser.get("/admin/audit_event/?flt0_act_equals=deploy:retry"))

    assert page.column("actor") == ["ana@example.com"]
    assert page.column("before") == ["status: a"]
    identity = page.html.partition("details/?id=")[2].partition("&")[0]
    assert Page(browser.get(f"/admin/audit_event/details/?id={identity}")).details["Record’s id"] == str(subject)


def test_nobody_changes_the_trail(sign_in, make, db):
    audit.record(db, actor_of(make.user()), "deploy:retry", uuid4())
    browser = sign_in(Role.ADMIN)

    page = Page(browser.get("/admin/audit_event/"))

    assert page.count == 1
    assert "action-checkbox" not in page.html
    assert browser.post("/admin/audit_event/delete/", {"id": str(uuid4())}).status_code == 403
