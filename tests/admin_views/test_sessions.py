"""The list of onboarding sessions."""

import pytest
from sqlalchemy import select

from models import AuditEvent, Deploy, DeployStatus, DeployTrigger, Role, SessionStatus
from tests.admin_views.pages import Page, csv_rows
from tests.vaults import urls_of

HOOK = "https://hooks.example.com/deploy/0123456789abcdef"


def retry(browser, *sessions):
    ids = [str(session.id) for session in sessions]
    return browser.post("/admin/session/action/", {"action": "retry", "rowid": ids}, follow_redirects=True)


def test_a_row_tells_who_what_and_how_its_deploy_went(sign_in, make):
    ana = make.user(name="Ana")
    make.session(
        user=ana,
        purpose="A shop for teapots",
        recommend_template_id=make.template(title="Web shop").id,
        status=SessionStatus.FAILED,
        deploy_response={"status": 503, "ok": False, "body": "<h1>Away</h1>"},
    )

    page = Page(sign_in(Role.VIEWER).get("/admin/session/"))

    assert page.column("user") == ["Ana"]
    assert page.column("template") == ["Web shop"]
    assert page.column("status") == ["Failed"]
    assert page.column("deploy_response") == ["503"]


@pytest.mark.parametrize("response", [{}, {"ok": None}, {"error": "x"}, {"status": "<b>"}, [], ["x"], "text", 5])
def test_a_result_that_another_program_wrote_is_shown_as_far_as_it_goes(sign_in, make, response):
    make.session(deploy_response=response, survey=response, status="completed")
    browser = sign_in(Role.OPERATOR)

    page = Page(browser.get("/admin/session/"))

    assert page.column("deploy_response") == ["<b>" if response == {"status": "<b>"} else "No answer"]
    assert browser.get("/admin/session/export/csv/").status_code == 200


def test_details_lead_to_the_sessions_own_page(sign_in, make):
    session = make.session(status="completed")

    answer = sign_in(Role.VIEWER).get(f"/admin/session/details/?id={session.id}")

    assert answer.headers["Location"] == f"/console/sessions/{session.id}"


def test_neither_list_nor_export_shows_a_hook(sign_in, make):
    make.session(vercel_hook_url=HOOK, survey={"vercelHookOverride": HOOK}, status="completed")
    browser = sign_in(Role.ADMIN)

    [row] = csv_rows(browser.get("/admin/session/export/csv/"))

    assert row["Hook URL"] == "https://hooks.example.com/…cdef"
    assert "0123456789abcdef" not in row["Survey"]
    assert "0123456789abcdef" not in browser.get("/admin/session/").text


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
def test_sessions_are_deployed_again_in_bulk(sign_in, make, db, role):
    sessions = [make.session(vercel_hook_url=HOOK, status="completed") for _ in range(3)]
    make.deploy(session=sessions[2], status=DeployStatus.IN_FLIGHT)
    browser = sign_in(role)

    page = Page(retry(browser, *sessions))

    queued = db.scalars(select(Deploy).where(Deploy.status == DeployStatus.QUEUED)).all()
    assert {(deploy.session_id, deploy.trigger) for deploy in queued} == {
        (session.id, DeployTrigger.OPERATOR) for session in sessions[:2]
    }
    assert page.messages == [
        f"2 sessions ({sessions[0]}, {sessions[1]}): its deploy is queued",
        f"{sessions[2]}: A deploy of this session is already under way.",
    ]
    assert {event.actor for event in db.scalars(select(AuditEvent))} == {browser.user.email}


def test_a_session_without_a_hook_is_deployed_to_the_default_one(sign_in, make, db):
    session = make.session(status="completed")

    retry(sign_in(Role.OPERATOR), session)

    assert urls_of(db) == ["https://hooks.example.com/deploy/default-secret"]


def test_the_button_stands_only_where_a_deploy_can_be_retried(sign_in, make):
    make.session(status="completed", deploy_response={"ok": True, "status": 201})
    make.session(status=SessionStatus.DRAFT)
    under_way = make.session(status=SessionStatus.FAILED)
    make.deploy(session=under_way, status=DeployStatus.RETRY_SCHEDULED)
    make.session(status=SessionStatus.FAILED)

    assert Page(sign_in(Role.OPERATOR).get("/admin/session/")).row_actions == ["retry"]
    assert Page(sign_in(Role.VIEWER).get("/admin/session/")).row_actions == []


def test_a_member_retries_an_own_deploy_but_finds_no_other(sign_in, make, db):
    member = make.user(role=Role.MEMBER)
    own, other = make.session(user=member, status="completed"), make.session(status="completed")
    browser = sign_in(user=member)

    assert retry(browser, other).status_code == 404
    assert Page(retry(browser, own)).messages == [f"{own}: its deploy is queued"]
    assert Page(retry(browser, own, other)).messages[1] == (
        f"{str(other.id)[:8]}: There is no such record, or none that you may see."
    )
    assert db.scalars(select(Deploy.session_id)).all() == [own.id]


def test_people_are_in_the_order_of_the_names_that_are_shown(sign_in, make):
    for name, email in (("Zoe", "a@example.com"), ("Ana", "z@example.com")):
        make.session(user=make.user(name=name, email=email), status="completed")

    assert Page(sign_in(Role.OPERATOR).get("/admin/session/?sort=0")).column("user") == ["Ana", "Zoe"]
