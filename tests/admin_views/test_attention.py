"""What needs attention, first on the console: told to everybody whom it concerns, with the one act that helps."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from models import DeployStatus, HookHost, ProjectStatus, RecoveryStatus, Role, SessionStatus
from services.deploys import switches
from tests.admin_views.pages import text_of
from tests.conftest import actor_of

HOST = "hooks.example.com"


@pytest.fixture
def pause(db, make):
    """Pauses deliveries five minutes ago, to a host or to all."""
    ana = actor_of(make.user(role=Role.OPERATOR, email="ana@example.com"))
    now = datetime.now(UTC) - timedelta(minutes=5, seconds=5)
    return lambda host=None: switches.pause(db, host=host, reason="Moving", actor=ana, now=now)


@pytest.fixture
def failing(make):
    """An open failure group and its dead-lettered deploy."""
    group = make.failure_group(last_seen_at=datetime.now(UTC))
    return group, make.deploy(fingerprint=group.fingerprint)


def widget(browser, query=""):
    page = browser.get(f"/console/widgets/attention{query}")
    assert page.status_code == 200
    return page.text


def said(browser):
    return text_of(widget(browser)).replace(" :", ":").replace(" ;", ";")


def acts(browser):
    """What each item's button says, and where it leads."""
    parts = re.findall(r'<div class="attention-act">(.*?)</div>', widget(browser), re.DOTALL)
    return [(text_of(part).partition(":")[0].strip(), re.search(r'(?:href|action)="([^"]+)"', part)) for part in parts]


def leads(browser):
    return [(label, found[1] if found else None) for label, found in acts(browser)]


def due(make, **values):
    return make.deploy(status=DeployStatus.QUEUED, next_attempt_at=datetime.now(UTC), **values)


def test_where_nothing_is_wrong_that_is_the_answer(sign_in, make):
    make.attempt(status_code=201, started_at=datetime.now(UTC), deploy=make.deploy(status=DeployStatus.SUCCEEDED))

    words = said(sign_in(Role.OPERATOR))

    assert words.startswith("Nothing needs you The one deploy attempt of the last 24 hours succeeded.")


def test_the_answer_is_the_first_thing_on_the_page(sign_in, failing):
    page = sign_in(Role.OPERATOR).get("/console/").text

    assert "1 thing needs you" in text_of(page)
    first = re.search(r'<section[^>]*id="widget-(?!quick)(\w+)"', page)
    assert first
    assert first[1] == "attention"


def test_a_cause_of_failures_leads_to_its_recovery(sign_in, failing, make):
    group, _ = failing
    for _ in range(3):
        make.deploy(fingerprint=group.fingerprint)
    again = datetime.now(UTC) + timedelta(hours=1)
    make.deploy(fingerprint=group.fingerprint, status=DeployStatus.RETRY_SCHEDULED, next_attempt_at=again)

    words = said(sign_in(Role.OPERATOR))

    assert "503 from hooks.example.com: upstream busy 4 deploys given up 1 being retried first seen" in words
    assert "1 deploy is being retried without your help." in words
    assert leads(sign_in(Role.OPERATOR)) == [("Recover…", f"/console/recoveries/new?group={group.id}")]


def test_what_came_back_after_it_was_resolved_says_so(sign_in, make):
    group = make.failure_group(reopened_at=datetime.now(UTC) - timedelta(hours=2))
    make.deploy(fingerprint=group.fingerprint)

    assert "came back 2 hours ago" in said(sign_in(Role.OPERATOR))


def test_a_viewer_is_led_to_look_and_a_member_sees_none_of_it(sign_in, failing):
    group, _ = failing
    viewer, member = sign_in(Role.VIEWER), sign_in(Role.MEMBER)

    assert leads(viewer) == [("Look", f"/console/failures/{group.id}")]
    assert "recoveries/new" not in viewer.get("/console/").text
    assert "upstream busy" not in member.get("/console/").text
    assert "/console/failures/" not in member.get("/console/").text


def test_a_pause_of_all_is_told_to_everybody_whose_deploys_wait(sign_in, make, pause):
    member = make.user(role=Role.MEMBER)
    due(make, session=make.session(user=member, status="completed"))
    due(make)
    pause()

    told, masked = (f"by {who}, 5 minutes ago: Moving" for who in ("ana@example.com", "a•••@•••"))
    assert f"Deliveries are paused 2 deploys wait {masked}" in said(sign_in(Role.VIEWER))
    assert f"Deliveries are paused 2 deploys wait {told} Resume" in said(sign_in(Role.OPERATOR))
    assert f"Deliveries are paused 1 deploy waits {masked}" in said(sign_in(user=member))
    assert leads(sign_in(Role.OPERATOR)) == [("Resume", "/console/deliveries/resume")]
    assert leads(sign_in(Role.VIEWER)) == [("Deliveries", "/console/deliveries/")]
    assert leads(sign_in(user=member)) == [("", None)]


def test_a_pause_of_one_host_names_it_and_is_resumed_from_here(sign_in, make, pause):
    due(make)
    pause(HOST)
    operator = sign_in(Role.OPERATOR)

    assert f"Deliveries to {HOST} are paused 1 deploy waits" in said(operator)
    assert said(sign_in(Role.MEMBER)).startswith("Nothing needs you")

    assert operator.post("/console/deliveries/resume", {"host": HOST}).status_code == 303
    assert said(operator).startswith("Nothing needs you")


def test_an_open_circuit_is_told_where_deploys_wait_for_it_and_can_be_tried(sign_in, make, db):
    db.add(HookHost(host=HOST, open_until=datetime.now(UTC) + timedelta(minutes=2, seconds=5)))
    db.flush()
    assert said(sign_in(Role.VIEWER)).startswith("Nothing needs you")

    due(make)

    told = f"Too much failed at {HOST}, so its circuit is open 1 deploy waits tried again in 2 minutes"
    assert told in said(sign_in(Role.VIEWER))
    assert leads(sign_in(Role.OPERATOR)) == [("Try now", "/console/deliveries/try")]


def test_deploys_that_no_worker_takes_are_told_with_what_helps(sign_in, make):
    make.deploy(status=DeployStatus.QUEUED, next_attempt_at=datetime.now(UTC) - timedelta(minutes=10, seconds=5))

    told = "No worker takes deploys 1 deploy is overdue since 10 minutes ago; start a worker, and it takes them up"
    assert told in said(sign_in(Role.VIEWER))


def test_a_recovery_that_halted_is_decided_on_its_page(sign_in, make):
    recovery = make.recovery(make.deploy(), status=RecoveryStatus.HALTED, status_reason="<b>Too much</b> failed.")

    assert "A recovery halted 1 deploy, begun" in said(sign_in(Role.OPERATOR))
    assert "<b>Too much" not in widget(sign_in(Role.OPERATOR))
    assert leads(sign_in(Role.OPERATOR)) == [("Decide…", f"/console/recoveries/{recovery.id}")]
    assert leads(sign_in(Role.VIEWER)) == [("Look", f"/console/recoveries/{recovery.id}")]


def test_a_member_retries_the_one_deploy_that_was_given_up(sign_in, make):
    member = make.user(role=Role.MEMBER)
    session = make.session(user=member, status=SessionStatus.FAILED)
    make.deploy(session=session)

    assert "A deploy of yours was given up 1 session" in said(sign_in(user=member))
    assert leads(sign_in(user=member)) == [("Retry deploy", f"/console/sessions/{session.id}/retry")]


def test_of_several_sessions_the_list_is_shown(sign_in, make):
    now = datetime.now(UTC)
    for _ in range(2):
        make.session(status=SessionStatus.FAILED, updated_at=now)

    assert "Sessions failed before they had a deploy 2 sessions in the last 7 days" in said(sign_in(Role.OPERATOR))
    assert leads(sign_in(Role.OPERATOR)) == [("Show sessions", "/admin/session/?flt0_status_equals=failed")]


def test_projects_that_lie_are_shown_by_their_list(sign_in, make):
    make.project(status=ProjectStatus.CODE_GENERATED, updated_at=datetime.now(UTC) - timedelta(days=5))

    assert "A project lies before “Deploy configured” 1 project, unchanged for 3 days or more" in said(
        sign_in(Role.OPERATOR)
    )
    assert leads(sign_in(Role.OPERATOR)) == [("Show projects", "/admin/project/?flt0_status_equals=code_generated")]


def test_of_many_things_the_worst_are_shown_and_all_on_request(sign_in, make, pause):
    for number in range(4):
        pause(f"host{number}.example.com")
    for number in range(4):
        group = make.failure_group(shape=f"cause {number}")
        make.deploy(fingerprint=group.fingerprint)
    operator = sign_in(Role.OPERATOR)

    assert "8 things need you" in said(operator)
    assert len(acts(operator)) == 5
    assert "Show all 8" in said(operator)
    whole = widget(operator, "?attention=all")
    assert whole.count('class="attention-act"') == 8
    assert 'hx-get="/console/widgets/attention?attention=all"' in whole


def test_only_the_worst_thing_s_act_stands_out(sign_in, make, pause):
    pause("one.example.com")
    pause("two.example.com")

    assert widget(sign_in(Role.OPERATOR)).count("btn-primary") == 1


def test_what_others_wrote_is_text(sign_in, make):
    group = make.failure_group(shape="<script>alert(1)</script>")
    make.deploy(fingerprint=group.fingerprint)

    page = widget(sign_in(Role.OPERATOR))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_hooks_that_no_key_opens_are_told_to_admins_with_what_to_do(sign_in, make):
    make.deploy(status=DeployStatus.QUEUED, hook_key="deadbeef")

    words = said(sign_in(Role.ADMIN))

    assert "Hooks can’t be read: HOOK_KEYS lacks the key that they are encrypted with" in words
    assert "1 deploy waits for it" in words
    assert "flask console secrets rotate" in words
