"""The pages of failure groups, and their place on the console."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select

from models import AuditEvent, DeployAttempt, DeployStatus, FailureGroupHour, FailureGroupStatus, Role
from services.deploys.failure_groups import hour_of
from tests.admin_views.pages import Page, listed, text_of
from tests.records import HOOK, NOBODY

OPEN, RESOLVED, IGNORED = FailureGroupStatus.OPEN, FailureGroupStatus.RESOLVED, FailureGroupStatus.IGNORED
EVIL = "<script>alert(1)</script> busy"


@pytest.fixture
def operator(sign_in):
    return sign_in(Role.OPERATOR)


@pytest.fixture
def failing(make):
    """An open group that holds one deploy which is given up, and that deploy."""
    group = make.failure_group()
    deploy = make.deploy(fingerprint=group.fingerprint)
    make.attempt(deploy=deploy, fingerprint=group.fingerprint, response_excerpt="upstream busy 12")
    return group, deploy


def path(group, act: str = "") -> str:
    return f"/console/failures/{group.id}{act}"


def buttons(html: str) -> dict[str, str | None]:
    """The acts that a page offers, and why each that is disabled is."""
    main = html.partition("<main")[2].partition("</main>")[0]
    offered = re.findall(
        r'<button type="(?:submit|button)" class="btn btn-[^>]*?(?:data-why="([^"]*)")?>(.*?)</button>', main
    )
    return {text_of(words).partition(" –")[0]: why or None for why, words in offered}


def test_the_console_says_first_what_fails_as_causes_and_leads_on(operator, failing, make):
    group, _ = failing
    for _ in range(3):
        make.deploy(fingerprint=group.fingerprint)

    html = operator.get("/console/").text

    first = html.partition('id="widget-attention"')[2].partition("</section>")[0]
    assert "503 from hooks.example.com: upstream busy" in first
    assert "4 deploys given up" in text_of(first)
    assert f'href="/console/recoveries/new?group={group.id}"' in first


def test_a_viewer_sees_what_fails_without_the_act_and_a_member_sees_none_of_it(sign_in, failing):
    group, _ = failing
    viewer, member = sign_in(Role.VIEWER), sign_in(Role.MEMBER)

    assert "upstream busy" in viewer.get("/console/").text
    assert "recoveries/new" not in viewer.get("/console/").text
    assert buttons(viewer.get(path(group)).text) == {}
    assert "upstream busy" not in member.get("/console/").text
    assert "/console/failures/" not in member.get("/console/").text
    assert member.get(path(group)).status_code == 403


def test_each_tab_lists_its_groups_and_the_navigation_leads_there(operator, make):
    groups = {status: make.failure_group(status=status, shape=f"cause {status}") for status in FailureGroupStatus}

    assert re.search(r'<a class="nav-entry ?" href="/console/failures/"', operator.get("/console/").text)
    for tab, group in groups.items():
        html = operator.get(f"/console/failures/?tab={tab}").text
        assert [other for other in groups.values() if f'href="{path(other)}"' in html] == [group]
    assert all(f'href="{path(group)}"' in operator.get("/console/failures/?tab=all").text for group in groups.values())


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Nothing fails"),
        ("?tab=resolved", "Nothing is resolved"),
        ("?tab=ignored", "Nothing is ignored"),
        ("?tab=all", "Nothing has failed yet"),
        ("?host=nowhere.example.com", "No group matches"),
    ],
)
def test_each_empty_tab_says_what_belongs_there(operator, query, words):
    assert words in operator.get(f"/console/failures/{query}").text


def test_older_groups_are_on_pages_of_their_own(operator, make):
    now = datetime.now(UTC)
    groups = [make.failure_group(last_seen_at=now - timedelta(hours=ago)) for ago in range(60)]

    first = operator.get("/console/failures/").text
    [older] = re.findall(r'href="([^"]*cursor=[^"]*)">Older groups', first)
    second = operator.get(older.replace("&amp;", "&")).text

    shown = [[group for group in groups if f'id="failure-{group.id}"' in html] for html in (first, second)]
    assert shown == [groups[:50], groups[50:]]
    assert "Older groups" not in second


@pytest.mark.parametrize(
    "query",
    ["tab=nothing", "tab=%00", "order=x", "cursor=x", "cursor=%00", f"host={'x' * 400}", "host=%00", "tab=OPEN"],
)
def test_what_an_address_asks_for_in_vain_is_refused_with_words(operator, query):
    assert operator.get(f"/console/failures/?{query}").status_code in (400, 422)


@pytest.mark.parametrize("id", ["x", "%00", "1" * 300, f"{NOBODY}0", "of", "of/%00", "of/nothing"])
def test_what_is_no_group_is_not_found(operator, id):
    assert operator.get(f"/console/failures/{id}").status_code in (404, 422)


def test_a_group_s_page_says_what_it_is_and_what_became_of_its_deploys(operator, failing, make, db):
    group, deploy = failing
    recovered = make.deploy(status=DeployStatus.SUCCEEDED)
    make.attempt(deploy=recovered, fingerprint=group.fingerprint)
    db.add(FailureGroupHour(group_id=group.id, hour=hour_of(datetime.now(UTC)), attempts=7))
    db.flush()

    html = operator.get(path(group)).text

    words = text_of(html)
    assert "Given up 1" in words
    assert "Recovered since 1" in words
    assert "2 met it" in words
    assert words.count("7 failed in the last 24 hours, 7 of them this hour; most this hour (7).") >= 1
    assert "upstream busy 12" in words, "an example"
    assert f'href="/console/deploys/{deploy.id}"' in html
    assert f'href="/console/deploys/{recovered.id}"' in html
    assert HOOK not in html


def test_its_numbers_lead_to_lists_of_as_many_deploys(operator, failing, make):
    group, _ = failing
    make.deploy(fingerprint=group.fingerprint, status=DeployStatus.QUEUED)
    make.deploy(fingerprint=group.fingerprint, status=DeployStatus.RETRY_SCHEDULED)
    make.deploy()

    html = operator.get(path(group)).text
    links = re.findall(r'<a class="stat" href="([^"]+)">.*?<span class="stat-value">([\d,]+)</span>', html, re.DOTALL)
    attempts = re.findall(r'href="([^"]+)">All its attempts', html)

    assert Page(operator.get(attempts[0].replace("&amp;", "&"))).count == 1
    assert [int(number) for _, number in links] == [1, 2, 0]
    for address, number in links:
        assert Page(operator.get(address.replace("&amp;", "&"))).count == int(number)


def test_the_list_renews_itself_row_by_row_and_a_group_s_page_as_a_whole(operator, failing):
    group, _ = failing

    listed, page, part = (operator.get(at).text for at in ("/console/failures/", path(group), path(group, "/live")))

    assert 'data-live="failure_group deploy" data-live-rows' in listed
    assert f'data-row="failure_group:{group.id}"' in listed
    assert f'data-live="failure_group deploy" hx-get="{path(group, "/live")}"' in page
    assert part.count('id="group"') == 1
    assert "<html" not in part


def test_a_group_whose_attempts_are_gone_still_has_a_page(operator, make):
    assert "No attempt is left" in operator.get(path(make.failure_group(sample_attempt_id=NOBODY))).text


def test_other_people_s_text_stays_text(operator, make):
    group = make.failure_group(shape=EVIL, host="<b>host</b>")
    make.attempt(fingerprint=group.fingerprint, response_excerpt=EVIL)

    for page in (path(group), "/console/failures/", "/console/"):
        html = operator.get(page).text
        assert "<script>alert" not in html
        assert "<b>host</b>" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("verb", "was", "becomes"), [("resolve", OPEN, RESOLVED), ("ignore", OPEN, IGNORED), ("reopen", RESOLVED, OPEN)]
)
def test_each_act_is_done_told_and_audited(operator, make, db, verb, was, becomes):
    group = make.failure_group(status=was)

    page = Page(operator.post(path(group, f"/{verb}"), follow_redirects=True))

    assert len(page.messages) == 1
    db.expire_all()
    assert group.status is becomes
    assert db.scalars(select(AuditEvent.tag)).all() == [f"failure_group:{verb}"]


def test_what_is_done_already_is_a_conflict_that_is_told(operator, make):
    group = make.failure_group(status=RESOLVED)

    answer = operator.post(path(group, "/resolve"))

    assert answer.status_code == 409
    assert "This failure group is resolved already." in answer.text


@pytest.mark.parametrize("status", FailureGroupStatus)
def test_each_disabled_control_says_why(operator, make, status):
    offered = buttons(operator.get(path(make.failure_group(status=status))).text)

    already = {OPEN: "Reopen", RESOLVED: "Resolve", IGNORED: "Ignore"}[status]
    assert {name for name, why in offered.items() if why} == {already, "Recover…"}
    assert offered[already] == f"It is {status} already."
    assert offered["Recover…"] == "None of its deploys is given up, so there is nothing to recover."


@pytest.mark.parametrize("verb", ["resolve", "ignore", "reopen"])
def test_an_act_on_what_is_not_there_is_not_found(operator, verb):
    assert operator.post(f"/console/failures/{NOBODY}/{verb}").status_code == 404
    assert operator.post(f"/console/failures/x/{verb}").status_code in (404, 422)


def test_a_group_that_came_back_says_so_on_its_page(operator, make):
    group = make.failure_group(reopened_at=datetime.now(UTC) - timedelta(hours=3))

    assert "It came back 3 hours ago , after it had been resolved." in text_of(operator.get(path(group)).text)


def test_a_deploy_and_each_of_its_failed_attempts_lead_to_their_group(sign_in, operator, failing, db):
    group, deploy = failing
    to_group = f"/console/failures/of/{quote(group.fingerprint, safe=':')}"

    [attempt] = db.scalars(select(DeployAttempt.id).where(DeployAttempt.deploy_id == deploy.id))
    for page in (f"deploys/{deploy.id}", f"sessions/{deploy.session_id}", f"attempts/{attempt}"):
        assert f'href="{to_group}"' in operator.get(f"/console/{page}").text, page
    assert operator.get(to_group).headers["Location"] == path(group)
    owner = sign_in(user=None, role=Role.MEMBER)
    assert owner.get(to_group).status_code == 403


def test_members_see_no_way_to_a_page_that_refuses_them(sign_in, make):
    owner = make.user(role=Role.MEMBER)
    deploy = make.deploy(session=make.session(user=owner), fingerprint="1:abc")
    make.attempt(deploy=deploy, fingerprint="1:abc")
    browser = sign_in(user=owner)

    assert "/failures/" not in browser.get(f"/console/deploys/{deploy.id}").text
    assert "/failures/" not in browser.get("/admin/attempt/").text


def test_lists_lead_from_attempts_to_their_groups_and_filter_by_them(operator, failing, make):
    group, _ = failing
    make.attempt()

    attempts = listed(operator, f"?flt0_failure_group_equals={group.fingerprint}", endpoint="attempt")
    deploys = listed(operator, f"?flt0_failure_group_equals={group.fingerprint}", endpoint="deploy")

    assert (attempts.count, deploys.count) == (1, 1)
    assert f'href="/console/failures/of/{group.fingerprint}"' in attempts.html
