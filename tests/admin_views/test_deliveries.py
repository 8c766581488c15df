"""The page of deliveries: switches, circuits and limits, by forms that need no script."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import DeliveryPause, DeployStatus, HookHost, Role
from services.deploys import hosts
from tests.admin_views.pages import Page, text_of
from tests.client import LONG
from tests.trail import tags

PAGE = "/console/deliveries/"
HOST = "hooks.example.com"


@pytest.fixture
def operator(sign_in):
    return sign_in(Role.OPERATOR)


def paused(db):
    db.expire_all()
    return {pause.host: pause.reason for pause in db.scalars(select(DeliveryPause))}


def known(db, host=HOST, **values):
    db.add(row := HookHost(host=host, **values))
    db.flush()
    return row


def soon(minutes=5):
    return datetime.now(UTC) + timedelta(minutes=minutes)


def test_without_hosts_the_page_says_so(operator):
    page = operator.get(PAGE)

    assert page.status_code == 200
    assert "No hosts yet" in page.text


def test_a_host_is_shown_with_what_waits_its_circuit_and_its_limits(operator, make, db):
    make.deploy(status=DeployStatus.QUEUED)
    known(db, max_in_flight=3, open_until=soon())

    words = text_of(operator.get(PAGE).text)

    for shown in (
        HOST,
        "1 due now",
        "0 under way",
        "Open tried again in 5 minutes",
        "3 at once",
        "50 a second (setting)",
    ):
        assert shown in words, shown


@pytest.mark.parametrize("host", [None, HOST])
def test_deliveries_are_paused_and_resumed_by_its_forms(operator, db, host):
    form = {} if host is None else {"host": host}

    answer = operator.post(f"{PAGE}pause", form | {"reason": "Moving"})
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert paused(db) == {host: "Moving"}
    page = operator.get(PAGE)
    assert Page(page).messages == [f"Deliveries{f' to {host}' if host else ''} are paused."]
    assert f"by {operator.user.email}, now : Moving" in text_of(page.text)

    assert operator.post(f"{PAGE}resume", form).status_code == 303
    assert paused(db) == {}
    assert tags(db) == ["deliveries:pause", "deliveries:resume"]


def test_a_second_click_is_a_conflict_that_is_told(operator, db):
    operator.post(f"{PAGE}pause", {"reason": "Moving", "place": "all"})

    again = operator.post(f"{PAGE}pause", {"reason": "Another", "place": "all"})
    assert (again.status_code, paused(db)) == (409, {None: "Moving"})
    assert "Deliveries are paused already." in again.text

    operator.post(f"{PAGE}resume")
    again = operator.post(f"{PAGE}resume")
    assert again.status_code == 409
    assert "Deliveries are not paused." in again.text
    assert tags(db) == ["deliveries:pause", "deliveries:resume"]


def test_a_refused_form_keeps_what_was_typed_and_says_by_its_field_what_is_wrong(operator, db):
    form = {"host": "hooks.example.com/deploy", "reason": "Moving", "place": "other"}

    answer = operator.post(f"{PAGE}pause", form)

    assert (answer.status_code, paused(db)) == (422, {})
    assert Page(answer).field("host") == "hooks.example.com/deploy"
    assert 'value="Moving"' in answer.text
    assert '<div class="field-error" id="host-other-error" role="alert">Name a host without a path' in answer.text
    assert answer.text.count("autofocus") == 1


def test_a_form_of_one_host_that_was_refused_is_open_again(operator, db):
    known(db)
    known(db, "other.example.com")

    answer = operator.post(f"{PAGE}pause", {"host": HOST, "reason": " ", "place": f"pause {HOST}"})

    assert answer.status_code == 422
    assert re.findall(r'<details id="([^"]*)" open>', answer.text) == [f"pause-{HOST}"]
    assert answer.text.count("This is needed.") == 1


def test_what_was_refused_of_a_host_that_is_not_listed_is_told_all_the_same(operator):
    answer = operator.post(f"{PAGE}resume", {"host": "never.example.com", "place": "pause never.example.com"})

    assert answer.status_code == 409
    assert Page(answer).messages == ["Deliveries to never.example.com are not paused."]


def test_an_admin_sets_a_hosts_limits_and_takes_them_back(sign_in, db):
    row, admin = known(db), sign_in(Role.ADMIN)

    assert admin.post(f"{PAGE}limits", {"host": HOST, "max_in_flight": "3", "max_per_s": ""}).status_code == 303
    db.expire_all()
    assert (row.max_in_flight, row.max_per_s) == (3, None)

    admin.post(f"{PAGE}limits", {"host": HOST, "max_in_flight": "", "max_per_s": ""})
    db.expire_all()
    assert (row.max_in_flight, row.max_per_s) == (None, None)


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "1.5", "1e3", "ten", "٣", "9" * 5_000, "1\x00", LONG])
def test_a_limit_that_is_no_number_in_range_is_refused_by_its_field(sign_in, db, limit):
    row = known(db)

    form = {"host": HOST, "max_in_flight": limit, "place": f"limits {HOST}"}
    answer = sign_in(Role.ADMIN).post(f"{PAGE}limits", form)
    db.expire_all()

    assert (answer.status_code, row.max_in_flight) == (422, None)
    assert f'id="in-flight-{HOST}-error"' in answer.text


def test_an_open_circuit_is_tried_when_an_operator_asks_and_only_then(operator, db):
    row = known(db, open_until=soon())
    page = operator.get(PAGE).text
    assert f'action="{PAGE}try"' in page

    assert operator.post(f"{PAGE}try", {"host": HOST}).status_code == 303
    db.expire_all()
    assert row.open_until <= datetime.now(UTC)

    again = operator.post(f"{PAGE}try", {"host": HOST, "place": f"try {HOST}"})
    assert again.status_code == 409
    assert "is not open, so there is nothing to try" in again.text
    assert f'action="{PAGE}try"' not in again.text
    assert 'aria-disabled="true" data-why="It is being tried already."' in again.text


@pytest.mark.parametrize(
    ("role", "offered"),
    [(Role.VIEWER, set()), (Role.OPERATOR, {"pause", "try"}), (Role.ADMIN, {"pause", "try", "limits"})],
)
def test_each_role_is_offered_what_it_may_do(sign_in, db, role, offered):
    known(db, open_until=soon())

    page = sign_in(role).get(PAGE).text

    assert set(re.findall(rf'action="{PAGE}(\w+)"', page)) == offered
    assert ("your role does not permit it" in page) == (not offered)


def test_a_member_has_no_such_page_nor_the_way_to_it(sign_in):
    member = sign_in(Role.MEMBER)

    assert member.get(PAGE).status_code == 403
    assert PAGE not in member.get("/console/").text


def test_a_form_without_its_token_is_refused(operator, db):
    answer = operator.client.post(f"{PAGE}pause", data={"reason": "Moving"})

    assert (answer.status_code, paused(db)) == (400, {})


@pytest.mark.parametrize("host", ["", " ", "a/b", "a\x00b", "a\udc80b", "<script>alert(1)</script>", LONG, "a:99999"])
@pytest.mark.parametrize("act", ["pause", "resume", "limits", "try"])
def test_what_is_no_host_is_refused_wherever_it_is_sent(sign_in, db, act, host):
    sent = {"host": host.encode("utf-8", "surrogatepass"), "reason": "x", "place": host[:50].replace("\udc80", "")}

    answer = sign_in(Role.ADMIN).post(f"{PAGE}{act}", sent)

    assert answer.status_code in (409, 422)
    assert "<script>alert(1)" not in answer.text
    assert (paused(db), db.scalars(select(HookHost)).all()) == ({}, [])


@pytest.mark.parametrize("reason", ["", "a\x00b", LONG])
def test_a_reason_that_cannot_be_kept_is_refused(operator, db, reason):
    assert operator.post(f"{PAGE}pause", {"reason": reason}).status_code == 422
    assert paused(db) == {}


def test_a_reason_is_text_and_nothing_else(operator):
    operator.post(f"{PAGE}pause", {"reason": "<script>alert(1)</script>"})

    for page in (PAGE, "/console/"):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in operator.get(page).text


def test_many_hosts_lead_on_to_the_next_and_acts_lead_back_there(operator, db, monkeypatch):
    monkeypatch.setattr(hosts, "SHOWN", 2)
    for name in ("a", "b", "c"):
        known(db, name)

    assert f'href="{PAGE}?start=c"' in operator.get(PAGE).text
    second = operator.get(f"{PAGE}?start=c")
    assert 'href="/admin/deploy/?flt0_host_equals=c"' in second.text
    assert 'name="start" value="c"' in second.text
    acted = operator.post(f"{PAGE}pause", {"host": "c", "reason": "x", "start": "c"})
    assert acted.headers["Location"] == f"{PAGE}?start=c"
    assert "No hosts from here on" in operator.get(f"{PAGE}?start=d").text


@pytest.mark.parametrize("start", ["%00", "a%00b", "%ED%A0%80", "%FF", "x" * 5_000, "%3Cscript%3E", "' OR 1=1 --"])
def test_no_start_is_a_fault(operator, start):
    assert operator.get(f"{PAGE}?start={start}").status_code == 200


def test_the_page_renews_itself_but_not_what_was_refused(operator, db):
    known(db)

    page, part = operator.get(PAGE).text, operator.get(f"{PAGE}live").text
    refused = operator.post(f"{PAGE}pause", {"host": HOST, "reason": " ", "place": f"pause {HOST}"}).text

    assert f'data-live="host deploy attempt" hx-get="{PAGE}live"' in page
    assert part.count('id="deliveries"') == 1
    assert HOST in part
    assert "<html" not in part
    assert "data-live=" not in refused.partition("<main")[2], "what was typed there would be lost"


def test_the_page_runs_nothing_inline(operator, db):
    known(db)
    page = operator.get(PAGE).text

    assert " style=" not in page
    assert re.findall(r"<script(?![^>]* src=)", page) == []
