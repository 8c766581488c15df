"""Recoveries are previewed and started, from their own form and from the list of deploys."""

import re

import pytest
from sqlalchemy import func, select, update

from models import Deploy, DeployStatus, OnboardingSession, Recovery, RecoveryItem
from tests.admin_views.pages import Page, text_of
from tests.admin_views.recovering import new, start
from tests.records import NOBODY
from tests.recoveries import OTHER, given_up, group
from tests.vaults import url_of


def test_a_group_is_previewed_and_the_button_says_how_many(make, operator):
    known = group(make)
    deploys = given_up(make, 1_200)
    given_up(make, 1, fingerprint=OTHER)

    answer = new(operator, group=known.id)
    words = text_of(answer.text)

    assert answer.status_code == 200
    assert "1,200 deploys would be replayed" in words
    assert "Recover 1,200 deploys" in words
    assert "1, then 60, then 1,139" in words
    assert "503 from hooks.example.com: busy" in words
    assert not any(url_of(deploy) in answer.text for deploy in deploys)


def test_without_criteria_there_is_a_form_and_nothing_else(make, operator):
    given_up(make, 1)

    answer = new(operator)

    assert answer.status_code == 200
    assert "would be replayed" not in answer.text


def test_what_is_left_out_is_said(db, make, operator):
    first, *_ = given_up(make, 3)
    make.deploy(session=_session(db, first), status=DeployStatus.QUEUED)

    words = text_of(new(operator, all=1).text)

    assert "1 The session has a newer deploy, or one that is under way." in words


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("group", "nope"),
        ("group", "\x00"),
        ("host", "a b"),
        ("failed_since", "soon"),
        ("failed_until", "9" * 400),
        ("status_code", "-1"),
        ("error_kind", "<script>"),
        ("deploys", "x"),
        ("recovery", str(NOBODY)),
        ("all", "perhaps"),
    ],
)
def test_a_criterion_that_cannot_be_used_is_said_on_the_page(operator, name, value):
    answer = new(operator, **{name: value})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "<script>" not in answer.text.partition('id="main-content"')[2].partition("</main>")[0]


def test_the_button_starts_it_and_leads_to_its_page(db, make, operator, started):
    recovery, address = started

    page = operator.get(address)

    assert address == f"/console/recoveries/{recovery.id}"
    assert Page(page).messages == ["The recovery has begun: one deploy of 30 goes first."]
    assert "Recovery of 30 deploys" in text_of(page.text)
    assert page.text.count('<progress class="meter"') == 3
    assert f"/console/recoveries/{recovery.id}/live" in page.text
    assert db.scalar(select(func.count()).where(Deploy.status == DeployStatus.QUEUED)) == 1


def test_what_changed_since_the_preview_is_said(db, make, operator):
    first, *_ = given_up(make, 3)
    page = new(operator, all=1)
    db.execute(update(Deploy).where(Deploy.id == first.id).values(status=DeployStatus.SUCCEEDED))
    make.save()

    answer = operator.get(start(operator, page).headers["Location"])

    assert Page(answer).messages == ["2 deploys go; the preview had 3, so some changed meanwhile."]


def test_large_numbers_of_what_changed_are_told_as_everywhere(make, operator):
    given_up(make, 2)

    answer = operator.get(start(operator, new(operator, all=1), expected="2031").headers["Location"])

    assert Page(answer).messages == ["2 deploys go; the preview had 2,031, so some changed meanwhile."]


def test_what_gave_up_since_the_preview_does_not_go(db, make, operator):
    given_up(make, 2)
    page = new(operator, all=1)
    [late] = given_up(make, 1)
    db.execute(update(Deploy).where(Deploy.id == late.id).values(actor="touched, so that its version is newer"))
    make.save()

    start(operator, page)

    assert late.id not in db.scalars(select(RecoveryItem.deploy_id)).all()


def test_a_preview_of_which_nothing_is_left_is_a_conflict_and_shows_how_it_stands(db, make, operator):
    given_up(make, 2)
    page = new(operator, all=1)
    start(operator, page)

    answer = start(operator, page)

    assert answer.status_code == 409
    assert "Nothing is left to recover" in answer.text
    assert "Another recovery holds the deploy" in answer.text
    left_out = answer.text.partition('class="left-out"')[2].partition("</p>")[0]
    assert 'href="/console/recoveries/">Recoveries</a>' in left_out
    assert db.scalar(select(func.count()).select_from(Recovery)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"halt_share": "0"},
        {"halt_share": "much"},
        {"halt_share": "\x00"},
        {"as_of": ""},
        {"as_of": "later"},
        {"as_of": "9999-01-01T00:00:00Z"},
        {"group": "\x00"},
        {"all": ""},
    ],
)
def test_a_form_that_cannot_be_used_starts_nothing(db, make, operator, changes):
    given_up(make, 2)

    answer = start(operator, new(operator, all=1), **changes)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert db.scalar(select(func.count()).select_from(Recovery)) == 0


def test_deploys_that_were_selected_stay_so_when_a_criterion_is_added(make, operator):
    first, _, third = given_up(make, 3)
    chosen = f"{first.id},{third.id}"

    form = operator.post("/console/recoveries/new", {"rowid": [first.id, third.id]}).text.partition("criteria-title")[2]

    assert f'name="deploys" value="{chosen}"' in form
    assert 'method="post"' in form, "many ids make an address too long"
    again = operator.post("/console/recoveries/new", {"deploys": chosen, "host": first.host})
    assert "2 deploys would be replayed" in text_of(again.text)


def test_a_share_that_cannot_be_used_is_said_at_its_field(make, operator):
    given_up(make, 2)

    answer = start(operator, new(operator, all=1), halt_share="much")

    form = answer.text.partition('class="start"')[2].partition("</form>")[0]
    assert 'value="much"' in form
    assert 'aria-describedby="halt_share-help halt_share-error"' in form
    assert "The share is a number such as 0.2, or 20%." in text_of(form)
    assert answer.text.partition("<main")[2].partition("</main>")[0].count('role="alert"') == 1


def test_deploys_that_were_selected_in_the_list_are_previewed(make, operator):
    first, second, _ = given_up(make, 3)
    form = {"action": "recover", "rowid": [str(first.id), str(second.id)]}

    answer = operator.post("/admin/deploy/action/", form)
    assert (answer.status_code, answer.headers["Location"]) == (307, "/console/recoveries/new")
    preview = operator.post(answer.headers["Location"], form)

    assert "Recover 2 deploys" in text_of(preview.text)
    assert start(operator, preview).status_code == 303


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        (
            "?flt0_status_equals=dead_lettered&flt1_host_equals=a.example.com",
            "/console/recoveries/new?host=a.example.com",
        ),
        ("?flt0_failure_group_equals=1:aa", "/console/recoveries/new?group=1:aa"),
        (
            "?flt0_failure_group_equals=1:aa&flt1_status_in_list=dead_lettered",
            "/console/recoveries/new?group=1:aa",
        ),
        ("?flt0_status_equals=dead_lettered", "/console/recoveries/new?all=1"),
        ("?flt0_updated_greater_than=2026-11-25+10:00:00", "/console/recoveries/new?failed_since=2026-11-25+10:00:00"),
    ],
)
def test_the_list_of_deploys_leads_to_a_recovery_of_all_that_match(make, operator, query, leads_to):
    make.deploy()

    page = operator.get(f"/admin/deploy/{query}").text

    [link] = re.findall(r'href="(/console/recoveries/new[^"]*)">Recover all that match', page)
    assert link == leads_to


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?flt0_status_equals=queued&flt1_host_equals=a.example.com",
        "?flt0_status_in_list=queued,dead_lettered&flt1_host_equals=a.example.com",
        "?flt0_host_equals=a.example.com&flt1_host_equals=b.example.com",
        "?flt0_host_equals=a.example.com&search=x",
    ],
)
def test_a_list_that_no_selection_matches_promises_no_recovery_of_it(make, operator, query):
    make.deploy()

    page = operator.get(f"/admin/deploy/{query}").text

    assert "Recover all that match" not in page
    assert 'href="/console/recoveries/new">Recover…' in page


def _session(db, deploy):
    return db.get_one(OnboardingSession, deploy.session_id)
