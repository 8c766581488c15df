"""Pages that renew a part of themselves: those of records always, the wizard's last one while its deploy is live."""

import re
from html import unescape

import pytest

from models import DeployStatus, Role
from tests.client import seen
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


@pytest.fixture
def records(make, deployed):
    """Makes one record of each kind; their pages by the kinds of records with which each renews itself."""

    def records():
        deploy = deployed(DeployStatus.DEAD_LETTERED)
        attempt, project = make.attempt(deploy=deploy), make.project()
        return {
            f"/console/sessions/{deploy.session_id}": "session deploy attempt project",
            f"/console/projects/{project.id}": "project session deploy attempt room",
            f"/console/deploys/{deploy.id}": "deploy attempt session recovery",
            f"/console/attempts/{attempt.id}": "attempt deploy",
            f"/console/rooms/{make.room(project=project).id}": "room room_state project",
            f"/console/studio/{project.id}": "project room",
        }

    return records


def renewed_part(page):
    """The id of the page's part that renews itself, with which kinds of records, and from where."""
    found = re.search(r'id="(\w+)" data-live="([a-z_ ]+)" hx-get="([^"?]+)', page)
    return found and found.groups()


def test_each_page_of_a_record_renews_itself_as_records_change(sign_in, records):
    operator = sign_in(Role.OPERATOR)

    for page, kinds in records().items():
        assert renewed_part(operator.get(page).text) == ("record", kinds, f"{page}/live"), page


def test_what_is_renewed_is_the_part_of_the_page_and_nothing_around_it(sign_in, records):
    operator = sign_in(Role.OPERATOR)

    for page, kinds in records().items():
        answer = operator.get(f"{page}/live")
        assert answer.status_code == 200, page
        assert renewed_part(answer.text) == ("record", kinds, f"{page}/live"), page
        assert answer.text.count('id="record"') == 1, page
        assert "<html" not in answer.text, page


def test_a_form_in_which_somebody_writes_is_not_renewed_but_told_that_the_record_has_changed(make, sign_in):
    project = make.project(prompt_text="Old.")
    pages = f"/console/studio/{project.id}", f"/console/rooms/{make.room(project=project).id}"
    operator = sign_in(Role.OPERATOR)

    for page in pages:
        before = operator.get(page)
        address = unescape(re.search(r'hx-get="([^"]+/live[^"]*)"', before.text)[1])
        assert "since you opened it" not in operator.get(address).text, page
        operator.post(page, {"prompt_text": "New.", "current_prompt_text": "New.", "seen": seen(before)})
        renewed = operator.get(address).text
        assert "since you opened it" in renewed, page
        assert "<textarea" not in renewed, page


@pytest.mark.parametrize("status", DeployStatus)
def test_the_wizards_last_page_renews_itself_only_while_its_deploy_is_live(make, sign_in, deployed, status):
    person = make.user(role=Role.OPERATOR)
    page = f"/wizard/{deployed(status, user=person).session_id}/done"

    assert (f'hx-get="{page}/live"' in sign_in(user=person).get(page).text) is (status in LIVE)


@pytest.mark.parametrize("status", [DeployStatus.IN_FLIGHT, DeployStatus.SUCCEEDED])
def test_what_is_renewed_of_the_wizards_last_page_is_a_part(make, sign_in, deployed, status):
    person = make.user(role=Role.OPERATOR)
    page = f"/wizard/{deployed(status, user=person).session_id}/done"

    answer = sign_in(user=person).get(f"{page}/live")

    assert answer.status_code == 200
    assert answer.text.count('id="done"') == 1
    assert "<html" not in answer.text
    assert (f'hx-get="{page}/live"' in answer.text) is (status in LIVE)


def test_renewing_keeps_the_messages_for_the_page(make, sign_in, deployed):
    deploy = deployed(DeployStatus.DEAD_LETTERED, vercel_hook_url=HOOK)
    browser, page = sign_in(Role.OPERATOR), f"/console/sessions/{deploy.session_id}"
    browser.post(f"{page}/retry", {"back": page})

    browser.get(f"{page}/live")

    assert "its attempt appears here in a moment" in browser.get(page).text


def test_what_is_renewed_is_as_closed_as_the_page(sign_in, browser, deployed, records):
    for page in (*records(), f"/wizard/{deployed(DeployStatus.QUEUED).session_id}/done"):
        assert sign_in(Role.MEMBER).get(f"{page}/live").status_code == 404, page
        assert browser.get(f"{page}/live").status_code == 302, page
