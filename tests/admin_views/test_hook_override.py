"""Deploying a session to another hook than its own: for those who may, and without showing the hook again."""

import pytest
from sqlalchemy import select

from models import Deploy, DeployStatus, Role
from tests.records import HOOK
from tests.vaults import url_of

OTHER_HOOK = "https://other.example.com/deploy/another-secret-of-theirs"


def test_an_admin_deploys_a_session_to_another_hook_which_is_not_shown_again(db, make, sign_in):
    session = make.session(status="completed", vercel_hook_url=HOOK)
    make.deploy(session=session)
    browser, page = sign_in(Role.ADMIN), f"/console/sessions/{session.id}"

    assert 'name="hook_url"' in browser.get(page).text
    answer = browser.post(f"{page}/retry", {"back": page, "hook_url": f" {OTHER_HOOK} "})

    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    live = db.scalars(select(Deploy).where(Deploy.status == DeployStatus.QUEUED)).one()
    assert (live.session_id, url_of(live)) == (session.id, OTHER_HOOK)
    shown = browser.get(page).text
    assert "appears here in a moment" in shown
    assert "another-secret" not in shown
    assert 'name="hook_url"' not in shown  # nothing more can be asked for while this one is live


@pytest.mark.parametrize(
    ("hook_url", "said"),
    [("", "Name the hook"), ("  ", "Name the hook"), ("ftp://x", "begins with https://"), ("https://a\x00", "control")],
)
def test_another_hook_that_cannot_be_called_is_refused_and_not_repeated(db, make, sign_in, hook_url, said):
    session = make.session(status="completed", vercel_hook_url=HOOK)
    browser, page = sign_in(Role.ADMIN), f"/console/sessions/{session.id}"

    browser.post(f"{page}/retry", {"back": page, "hook_url": hook_url})

    assert said in browser.get(page).text
    assert db.scalars(select(Deploy)).all() == []


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.MEMBER])
@pytest.mark.parametrize("hook_url", [OTHER_HOOK, "no url", ""])
def test_others_cannot_name_another_hook(db, make, sign_in, role, hook_url):
    person = make.user(role=role)
    session = make.session(user=person, status="completed", vercel_hook_url=HOOK)
    browser, page = sign_in(user=person), f"/console/sessions/{session.id}"

    assert 'name="hook_url"' not in browser.get(page).text
    assert browser.post(f"{page}/retry", {"hook_url": hook_url}).status_code == 403
    assert db.scalars(select(Deploy)).all() == []


def test_a_session_with_nothing_to_deploy_is_offered_no_other_hook(make, sign_in):
    for status in ("draft", "failed"):
        session = make.session(status=status, deploy_response=None)
        assert 'name="hook_url"' not in sign_in(Role.ADMIN).get(f"/console/sessions/{session.id}").text, status
