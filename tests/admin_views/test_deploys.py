"""The list of deploys."""

from sqlalchemy import select

from models import AuditEvent, DeployStatus, Role
from tests.admin_views.pages import Page, csv_rows, listed
from tests.conftest import NOW
from tests.records import HOOK
from tests.vaults import mark_gone, url_of

MASKED = "https://hooks.example.com/…cdef"


def act(browser, action, *deploys):
    ids = [str(deploy.id) for deploy in deploys]
    return browser.post("/admin/deploy/action/", {"action": action, "rowid": ids}, follow_redirects=True)


def test_a_hook_is_masked_in_the_list_and_in_the_export(sign_in, make):
    make.deploy(hook_url=HOOK)
    browser = sign_in(Role.ADMIN)

    assert Page(browser.get("/admin/deploy/")).column("hook_masked") == [MASKED]
    assert [row["Hook URL"] for row in csv_rows(browser.get("/admin/deploy/export/csv/"))] == [MASKED]


def test_dead_lettered_deploys_are_queued_again_and_the_rest_is_explained(sign_in, make, db):
    failed, done = make.deploy(), make.deploy(status=DeployStatus.SUCCEEDED)

    page = Page(act(sign_in(Role.OPERATOR), "retry", failed, done))
    db.expire_all()

    assert (failed.status, done.status) == (DeployStatus.QUEUED, DeployStatus.SUCCEEDED)
    assert page.messages == [
        f"{failed}: queued again",
        f"{done}: This deploy is succeeded, not dead-lettered, so there is nothing to retry.",
    ]
    assert failed.next_attempt_at is not None
    assert db.scalars(select(AuditEvent.tag)).all() == ["deploy:retry"]


def test_a_waiting_deploy_is_cancelled(sign_in, make, db):
    deploy = make.deploy(status=DeployStatus.QUEUED)

    page = Page(act(sign_in(Role.OPERATOR), "cancel", deploy))
    db.expire_all()

    assert deploy.status is DeployStatus.CANCELLED
    assert page.messages == [f"{deploy}: cancelled"]


def test_a_member_may_retry_but_not_cancel_an_own_deploy(sign_in, make, db):
    member = make.user(role=Role.MEMBER)
    deploy = make.deploy(session=make.session(user=member), status=DeployStatus.QUEUED)

    assert act(sign_in(user=member), "cancel", deploy).status_code == 403
    db.expire_all()
    assert deploy.status is DeployStatus.QUEUED


def test_each_button_stands_only_where_it_can_work(sign_in, make):
    for status in DeployStatus:
        make.deploy(status=status)

    actions = Page(sign_in(Role.OPERATOR).get("/admin/deploy/")).row_actions

    assert sorted(actions) == ["cancel", "cancel", "retry"]


def test_the_button_and_the_bulk_action_are_one_post_that_leads_back(sign_in, make):
    deploy = make.deploy()
    browser = sign_in(Role.OPERATOR)
    form = {"action": "retry", "rowid": str(deploy.id), "url": "/admin/deploy/?flt0_status_equals=dead_lettered"}

    answer = browser.post("/admin/deploy/action/", form)

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/admin/deploy/?flt0_status_equals=dead_lettered"


def test_an_action_never_leads_to_another_site(sign_in, make):
    deploy = make.deploy()
    form = {"action": "retry", "rowid": str(deploy.id), "url": "https://evil.example.com/"}

    answer = sign_in(Role.OPERATOR).post("/admin/deploy/action/", form)

    assert answer.headers["Location"] == "/admin/deploy/"


def test_details_lead_to_the_deploys_own_page(sign_in, make):
    deploy = make.deploy()

    answer = sign_in(Role.VIEWER).get(f"/admin/deploy/details/?id={deploy.id}")

    assert answer.headers["Location"] == f"/console/deploys/{deploy.id}"


def test_deploys_are_listed_found_and_filtered_by_host(sign_in, make):
    here = make.deploy(hook_url="https://Builds.example.com/deploy/one")
    make.deploy(hook_url="https://hooks.example.com:8443/deploy/two")
    browser = sign_in(Role.VIEWER)

    assert sorted(listed(browser, endpoint="deploy").column("host")) == ["builds.example.com", "hooks.example.com:8443"]
    for arguments in ("?search=builds", "?flt0_host_equals=builds.example.com", "?flt0_host_contains=BUILDS"):
        page = listed(browser, arguments, endpoint="deploy")
        assert (page.column("host"), str(here.id) in page.html) == (["builds.example.com"], True)


def test_a_deploy_whose_hook_is_gone_has_no_button_and_is_refused(sign_in, make, db):
    deploy = make.deploy()
    mark_gone(db, url_of(deploy), deploy_id=deploy.id, now=NOW)
    browser = sign_in(Role.OPERATOR)

    assert listed(browser, endpoint="deploy").row_actions == []
    [message] = Page(act(browser, "retry", deploy)).messages
    assert message.endswith(
        "This hook answered 410 Gone on 25 Nov 2026; it has to be replaced before it is called again."
    )
