"""What holds deliveries, above the dashboard: told to everybody whose deploys it concerns."""

from datetime import UTC, datetime, timedelta

import pytest

from models import DeployStatus, HookHost, Role
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


def said(browser):
    page = browser.get("/console/widgets/standstill")
    assert page.status_code == 200
    return words(page)


def words(page):
    return text_of(page.text).replace(" :", ":")


def test_while_nothing_is_held_nothing_is_said(sign_in, make):
    make.deploy(status=DeployStatus.QUEUED)

    assert said(sign_in(Role.OPERATOR)) == ""


def test_a_pause_of_all_is_told_on_the_console_to_everybody(sign_in, make, pause):
    member = make.user(role=Role.MEMBER)
    make.deploy(session=make.session(user=member, status="completed"), status=DeployStatus.QUEUED)
    make.deploy(status=DeployStatus.QUEUED)
    pause()

    told = "Deliveries are paused — by ana@example.com, 5 minutes ago: Moving · "
    assert told + "2 deploys wait · Deliveries" in words(sign_in(Role.VIEWER).get("/console/"))
    assert said(sign_in(Role.OPERATOR)) == told + "2 deploys wait · Deliveries"
    assert said(sign_in(user=member)) == told + "1 deploy waits"


def test_a_pause_of_one_host_names_it(sign_in, make, pause):
    make.deploy(status=DeployStatus.QUEUED)
    pause(HOST)

    told = f"Deliveries to {HOST} are paused — by ana@example.com, 5 minutes ago: Moving · 1 deploy waits"
    assert said(sign_in(Role.VIEWER)) == f"{told} · Deliveries"
    assert said(sign_in(Role.MEMBER)) == ""


def test_many_paused_hosts_are_counted(sign_in, pause):
    for number in range(7):
        pause(f"host{number}.example.com")

    assert said(sign_in(Role.VIEWER)).endswith("2 more hosts are paused.")


def test_an_open_circuit_is_told_where_deploys_wait_for_it(sign_in, make, db):
    db.add(HookHost(host=HOST, open_until=datetime.now(UTC) + timedelta(minutes=2, seconds=5)))
    db.flush()
    assert said(sign_in(Role.VIEWER)) == ""

    make.deploy(status=DeployStatus.QUEUED)

    told = f"1 deploy waits for {HOST}: too much failed there, so its circuit is open; it is tried again in 2 minutes"
    assert said(sign_in(Role.VIEWER)) == f"{told} · Deliveries"
