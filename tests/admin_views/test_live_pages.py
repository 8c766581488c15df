"""Pages that renew themselves while a deploy is live, and stand still as soon as it has ended."""

import pytest

from models import DeployStatus, Role
from tests.records import HOOK

LIVE = (DeployStatus.QUEUED, DeployStatus.IN_FLIGHT, DeployStatus.RETRY_SCHEDULED)


@pytest.fixture
def deployed(make):
    """Makes a finished session with its project and a deploy of a status."""

    def deployed(status, **session):
        session = make.session(**{"status": "completed"} | session)
        make.project(owner_id=session.user_id, onboarding_session_id=session.id)
        return make.deploy(session=session, status=status)

    return deployed


def pages(deploy):
    return {
        f"/console/sessions/{deploy.session_id}": "record",
        f"/console/deploys/{deploy.id}": "record",
        f"/wizard/{deploy.session_id}/done": "done",
    }


@pytest.mark.parametrize("status", DeployStatus)
def test_pages_renew_themselves_only_while_a_deploy_is_live(make, sign_in, deployed, status):
    person = make.user(role=Role.OPERATOR)
    browser = sign_in(user=person)

    for page in pages(deployed(status, user=person)):
        assert (f'hx-get="{page}/live"' in browser.get(page).text) is (status in LIVE), page


@pytest.mark.parametrize("status", [DeployStatus.IN_FLIGHT, DeployStatus.SUCCEEDED])
def test_a_record_that_renews_itself_has_a_place_that_says_whether_it_does(sign_in, deployed, status):
    deploy = deployed(status)
    page = f"/console/deploys/{deploy.id}"
    browser = sign_in(Role.OPERATOR)

    assert ('id="live"' in browser.get(page).text) is (status in LIVE)
    assert 'id="live"' not in browser.get(f"{page}/live").text


@pytest.mark.parametrize("status", [DeployStatus.IN_FLIGHT, DeployStatus.SUCCEEDED])
def test_what_is_renewed_is_the_part_of_the_page_and_nothing_around_it(make, sign_in, deployed, status):
    person = make.user(role=Role.OPERATOR)
    browser = sign_in(user=person)

    for page, part in pages(deployed(status, user=person)).items():
        answer = browser.get(f"{page}/live")
        assert answer.status_code == 200, page
        assert answer.text.count(f'id="{part}"') == 1, page
        assert "<html" not in answer.text, page
        assert (f'hx-get="{page}/live"' in answer.text) is (status in LIVE), page


def test_renewing_keeps_the_messages_for_the_page(make, sign_in, deployed):
    deploy = deployed(DeployStatus.DEAD_LETTERED, vercel_hook_url=HOOK)
    browser, page = sign_in(Role.OPERATOR), f"/console/sessions/{deploy.session_id}"
    browser.post(f"{page}/retry", {"back": page})

    browser.get(f"{page}/live")

    assert "its attempt appears here in a moment" in browser.get(page).text


def test_what_is_renewed_is_as_closed_as_the_page(make, sign_in, browser, deployed):
    for page in pages(deployed(DeployStatus.QUEUED)):
        assert sign_in(Role.MEMBER).get(f"{page}/live").status_code == 404, page
        assert browser.get(f"{page}/live").status_code == 302, page
