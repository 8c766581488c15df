"""The pages of recoveries that have begun, and their list: what they show, and how each is steered."""

import re

import pytest
from sqlalchemy import update

from models import RecoveryItem, RecoveryItemStatus, RecoveryStatus, Role
from services.deploys.recovery import advance
from tests.admin_views.pages import text_of
from tests.conftest import NOW
from tests.records import NOBODY
from tests.recoveries import OTHER, queued, send


def test_it_is_paused_resumed_and_aborted(db, make, operator, started):
    recovery, address = started

    for act, status, reason in (
        ("pause", RecoveryStatus.PAUSED, "Lunch."),
        ("resume", RecoveryStatus.RUNNING, ""),
        ("abort", RecoveryStatus.ABORTED, "Wrong ones."),
    ):
        answer = operator.post(f"{address}/{act}", {"reason": reason}, follow_redirects=True)
        db.expire_all()
        assert (answer.status_code, recovery.status) == (200, status)
        assert reason in answer.text
    assert "/live" not in answer.text, "what has ended renews itself no more"
    assert operator.post(f"{address}/pause").status_code == 409


def test_enter_in_the_reason_chooses_none_of_the_acts(operator, started):
    _, address = started

    form = operator.get(address).text.partition('id="control-running"')[2].partition("</form>")[0]
    first = re.findall(r"<button[^>]*>", form)[0]

    assert "disabled" in first, "browsers press a form's first button at Enter"
    assert "formaction" not in first


def test_a_halt_is_explained_and_can_be_passed_over(db, make, operator, started):
    recovery, address = started
    send(db, queued(db, recovery.id), at=NOW, ok=False)
    advance(db, now=NOW)
    make.save()

    page = operator.get(address)
    words = text_of(page.text)

    assert "It halted by itself." in words
    assert "met the same failure again" in words
    assert "29 wait and were not sent." in words
    assert "Retry the failed" in words
    assert operator.post(f"{address}/resume").status_code == 409
    assert operator.post(f"{address}/resume", {"anyway": "1"}).status_code == 303
    db.expire_all()
    assert recovery.status is RecoveryStatus.RUNNING


def test_the_deploys_are_listed_by_what_became_of_them(db, make, operator, started):
    recovery, address = started
    [canary] = queued(db, recovery.id)
    send(db, [canary], at=NOW, ok=False, fingerprint=OTHER)
    advance(db, now=NOW)
    make.save()

    failed = operator.get(f"{address}?status=failed").text
    waiting = operator.get(f"{address}?status=waiting&cursor=20").text

    assert re.findall(r'id="item-([0-9a-f-]+)"', failed) == [str(canary)]
    assert OTHER in failed
    assert len(re.findall(r'id="item-', waiting)) == 10
    assert "status=waiting&amp;cursor=20" in waiting.replace("&cursor", "&amp;cursor")


@pytest.mark.parametrize(("part", "named"), [("progress", "recovery"), ("items", "recovery-items")])
def test_each_part_of_the_page_renews_itself_without_what_is_around_it(operator, started, part, named):
    _, address = started

    page, live = operator.get(f"{address}?status=queued"), operator.get(f"{address}/live?part={part}&status=queued")

    assert live.status_code == 200
    assert "<html" not in live.text
    assert re.search(rf'id="{named}"[^>]* data-live="recovery deploy" hx-get="{address}/live\?part={part}', page.text)
    assert live.text.count(f'id="{named}"') == 1


@pytest.mark.parametrize("query", ["", "?part=x", "?part=%00"])
def test_a_part_that_there_is_not_is_refused(operator, started, query):
    _, address = started
    assert operator.get(f"{address}/live{query}").status_code == 422


def test_the_list_renews_itself_row_by_row(operator, started):
    recovery, _ = started
    html = operator.get("/console/recoveries/").text

    assert 'data-live="recovery" data-live-rows' in html
    assert f'data-row="recovery:{recovery.id}"' in html


@pytest.mark.parametrize(
    "path",
    [
        "x",
        f"{NOBODY}",
        "%00",
        f"{NOBODY}/live?part=items",
        "x" * 3_000,
    ],
)
def test_a_recovery_that_is_not_there_is_not_found(operator, path):
    assert operator.get(f"/console/recoveries/{path}").status_code in (404, 422)


@pytest.mark.parametrize("query", ["status=bogus", "cursor=-1", "cursor=x", "cursor=" + "9" * 60, "status=%00"])
def test_a_page_of_the_list_that_cannot_be_is_refused(operator, started, query):
    _, address = started

    assert operator.get(f"{address}?{query}").status_code == 422


@pytest.mark.parametrize("after", ["x", "%00", str(NOBODY)])
def test_older_recoveries_come_after_one_that_there_is(operator, after):
    assert operator.get(f"/console/recoveries/?after={after}").status_code in (404, 422)


def test_the_list_shows_recoveries_to_viewers_who_can_start_none(sign_in, started):
    recovery, address = started
    viewer = sign_in(Role.VIEWER)

    index, page = viewer.get("/console/recoveries/"), viewer.get(address)

    assert f"/console/recoveries/{recovery.id}" in index.text
    assert "/console/recoveries/new" not in index.text
    assert "formaction" not in page.text
    assert "Recover all that match" not in viewer.get("/admin/deploy/").text


def test_what_came_of_recoveries_is_told_in_the_order_of_their_pages(make, operator, started):
    recovery, _ = started
    recovery.tally = {"failed": 7, "skipped": 20, "succeeded": 3}
    make.save()

    assert "3 succeeded, 7 failed, 20 skipped" in text_of(operator.get("/console/recoveries/").text)


def test_without_any_recovery_the_list_says_so(operator):
    assert "No recovery yet" in operator.get("/console/recoveries/").text


def test_items_of_every_outcome_have_their_words(db, make, operator, started):
    recovery, address = started
    for number, status in enumerate(RecoveryItemStatus, start=1):
        db.execute(
            update(RecoveryItem)
            .where(RecoveryItem.recovery_id == recovery.id, RecoveryItem.position == number)
            .values(status=status, reason="<b>why</b>" if status == "skipped" else None)
        )
    make.save()

    page = operator.get(address).text

    assert "&lt;b&gt;why&lt;/b&gt;" in page
    for status in RecoveryItemStatus:
        assert status.value.capitalize() in text_of(page)
