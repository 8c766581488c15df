"""The pages of bulk jobs."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from models import BulkItem, BulkJob, Deploy, DeployStatus, Project, ProjectStatus, Role
from services import bulk
from services.bulk.acts import ACTS
from tests.admin_views.conftest import Shop
from tests.admin_views.pages import Page, text_of
from tests.records import NOBODY
from tests.services.bulk.conftest import CONTEXT, moment, waiting

CANCEL = "/console/bulk/new/deploy/cancel"
RETRY = "/console/bulk/new/deploy/retry"


@pytest.fixture
def operator(sign_in):
    return sign_in(Role.OPERATOR)


def confirm(browser, path, page=None, **changes):
    """Press the button of a preview."""
    page = page or browser.get(path)
    form = page.text.partition("bulk-confirm")[2].partition("</form>")[0]
    return browser.post(path, dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) | changes)


def work(db):
    for job_id in bulk.open_ids(db):
        while bulk.advance(db, job_id, now=moment(), context=CONTEXT):
            pass
    db.commit()


@pytest.fixture
def job(db, make, operator):
    """A job that is done, and its page's address."""
    waiting(make, 2)
    address = confirm(operator, CANCEL).headers["Location"]
    work(db)
    return address


@pytest.mark.parametrize(
    ("action", "leads_to"),
    [
        ("cancel", f"{CANCEL}?flt0_status_equals=queued&search=shop"),
        ("recover", "/console/recoveries/new"),
    ],
)
def test_an_action_on_all_that_match_leads_to_its_preview_with_the_lists_filter(operator, make, action, leads_to):
    make.save()
    form = {"action": action, "all_matching": "1", "rowid": str(NOBODY)}
    form["url"] = "/admin/deploy/?flt0_status_equals=queued&search=shop&page=3&cursor=x"

    answer = operator.post("/admin/deploy/action/?ask=1", form)

    assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


def test_an_action_that_is_no_bulk_act_is_refused_for_all(at_shops, shops):
    shops()
    answer = at_shops(Role.ADMIN).post("/admin/edited/action/", {"action": "delete", "all_matching": "1"})

    assert answer.status_code == 422
    assert "“Delete” works on ticked rows only" in answer.text


def test_the_list_offers_all_that_match_where_there_are_more_than_it_shows(operator, make):
    waiting(make, 21)
    make.save()

    page = operator.get("/admin/deploy/?page_size=20").text

    assert 'name="all_matching" value="1" form="action_form"' in page
    assert "Select all 21 that match" in text_of(page)
    assert 'name="all_matching"' not in operator.get("/admin/deploy/?page_size=50").text


def test_what_works_on_ticked_rows_only_says_so(at_shops, shops):
    shops()

    assert 'data-only-ticked="This works on ticked rows only."' in at_shops(Role.ADMIN).get("/admin/edited/").text


def test_a_preview_says_how_many_what_becomes_of_them_and_which_are_skipped(operator, make):
    waiting(make, 3)
    waiting(make, 2, status=DeployStatus.SUCCEEDED, next_attempt_at=None)
    make.save()

    words = text_of(operator.get(CANCEL).text)

    assert "Cancel deploy: 5 that match" in words
    assert "It would be done to 3 records of 5 that match" in words
    assert "Skipped 2 Succeeded, so it does not wait any more." in words
    assert re.search(r"Deploy \w{8} Queued becomes Cancelled", words)
    assert "Type" not in words


def test_a_preview_takes_the_filter_of_the_list(operator, make):
    waiting(make, 3)
    waiting(make, 2, status=DeployStatus.SUCCEEDED, next_attempt_at=None)
    make.save()

    page = operator.get(f"{CANCEL}?flt0_status_equals=queued&page_size=20")

    assert "Cancel deploy: 3 that match" in text_of(page.text)
    assert 'href="/admin/deploy/?flt0_status_equals=queued&amp;page_size=20"' in page.text


def test_confirming_freezes_what_matches_and_leads_to_the_job(db, operator, make):
    chosen = waiting(make, 3)
    waiting(make, 1, status=DeployStatus.SUCCEEDED, next_attempt_at=None)
    make.save()

    answer = confirm(operator, f"{CANCEL}?flt0_status_equals=queued")

    job = db.scalars(select(BulkJob)).one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/console/bulk/{job.id}")
    assert job.list_url == "/admin/deploy/?flt0_status_equals=queued"
    assert set(db.scalars(select(BulkItem.record_id))) == {str(deploy.id) for deploy in chosen}
    assert Page(operator.get(answer.headers["Location"])).messages == [
        "It has begun, with 3 records. You may leave this page; the job goes on."
    ]


def test_a_form_that_is_sent_twice_leads_to_the_same_job(db, operator, make):
    waiting(make, 2)
    make.save()
    page = operator.get(CANCEL)

    first, second = (confirm(operator, CANCEL, page) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert db.scalar(select(func.count()).select_from(BulkJob)) == 1


def test_what_changed_since_the_preview_is_said(operator, make):
    waiting(make, 2)
    make.save()
    page = operator.get(CANCEL)
    waiting(make, 1)
    make.save()

    answer = operator.get(confirm(operator, CANCEL, page).headers["Location"])

    assert Page(answer).messages == ["3 records go; the preview had 2, so some changed meanwhile."]


@pytest.mark.parametrize("typed", ["", "1", "all", "2 or so", "9" * 400, "\x00", "²"])
def test_an_act_that_cannot_be_undone_begins_only_with_the_count(db, operator, make, typed):
    waiting(make, 2, status=DeployStatus.DEAD_LETTERED, next_attempt_at=None)
    make.save()

    answer = confirm(operator, RETRY, confirmed=typed)

    assert answer.status_code == 422
    assert "Type 2 to confirm: so many records match now." in answer.text
    assert db.scalar(select(func.count()).select_from(BulkJob)) == 0


def test_the_count_that_is_typed_begins_it(db, operator, make):
    waiting(make, 2, status=DeployStatus.DEAD_LETTERED, next_attempt_at=None)
    make.save()

    assert "This can’t be undone. Type 2 to confirm" in text_of(operator.get(RETRY).text)
    assert confirm(operator, RETRY, confirmed=" 2 ").status_code == 303


def test_nothing_that_matches_has_no_button_and_starts_nothing(operator, make):
    make.save()

    page = operator.get(CANCEL)
    answer = confirm(operator, CANCEL, page, job=str(uuid4()))

    assert "No record matches." in page.text
    assert "bulk-confirm" not in page.text
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/console/bulk/new/deploy/explode", 404),
        ("/console/bulk/new/nothing/cancel", 404),
        ("/console/bulk/new/console/cancel", 404),
        ("/console/bulk/new/deploy/cancel?flt0_no_such=1", 422),
        ("/console/bulk/new/deploy/cancel?flt0_created_at_greater_than=%00", 422),
        ("/console/bulk/new/deploy/cancel?search=%00", 422),
        ("/console/bulk/new/deploy/cancel?page=-1", 422),
        ("/console/bulk/new/deploy/cancel?unheard=of", 422),
        ("/console/bulk/?after=x", 422),
        (f"/console/bulk/?after={NOBODY}", 404),
        ("/console/bulk/x", 422),
        (f"/console/bulk/{NOBODY}", 404),
        (f"/console/bulk/{NOBODY}/live?part=whole", 422),
        (f"/console/bulk/{NOBODY}?status=perhaps", 422),
        (f"/console/bulk/{NOBODY}?cursor=-1", 422),
    ],
)
def test_an_address_that_cannot_be_used_says_so(operator, path, status):
    assert operator.get(path).status_code == status


@pytest.mark.parametrize("token", ["", "x", "\x00", "1" * 500])
def test_a_form_without_its_token_starts_nothing(operator, make, token):
    waiting(make, 1)
    make.save()

    assert confirm(operator, CANCEL, job=token).status_code == 422


def test_a_jobs_page_tells_what_became_of_each_record(db, operator, job):
    page = operator.get(job)
    words = text_of(page.text)

    assert "Cancel deploy" in words
    assert "2 of 2" in words
    assert "2 done 0 failed 0 skipped 0 left as they were" in words
    assert len(re.findall(r'<a href="/console/deploys/[\w-]+" dir="auto">Deploy', page.text)) == 2
    assert "data-live=" not in page.text.partition('id="main-content"')[2]


def test_while_it_runs_its_page_renews_itself_and_can_cancel_it(db, operator, make):
    waiting(make, 2)
    make.save()
    address = confirm(operator, CANCEL).headers["Location"]

    page = operator.get(address).text
    part = operator.get(f"{address}/live?part=progress").text
    answer = operator.post(f"{address}/cancel")
    again = operator.post(f"{address}/cancel")

    assert f'hx-get="{address}/live?part=progress"' in page
    assert 'data-live="bulk_job"' in part
    assert "<html" not in part
    assert (answer.status_code, again.status_code) == (303, 409)
    assert "2 left as they were" in text_of(operator.get(address).text)


def test_what_was_done_is_undone_from_its_page(db, operator, job):
    form = operator.get(job).text.partition(f'action="{job}/undo"')[2]
    token = re.search(r'name="job" value="([^"]*)"', form)[1]

    answer = operator.post(f"{job}/undo", {"job": token})
    work(db)

    assert answer.headers["Location"] == f"/console/bulk/{token}"
    assert set(db.scalars(select(Deploy.status))) == {DeployStatus.QUEUED}
    assert "Undo: Cancel deploy" in text_of(operator.get(answer.headers["Location"]).text)
    assert f"{job}/undo" not in operator.get(job).text
    assert operator.post(f"{job}/undo", {"job": str(uuid4())}).status_code == 409


def test_what_failed_can_be_retried_from_its_page(db, operator, job):
    db.execute(update(BulkItem).where(BulkItem.position == 1).values(status="failed", reason="The line was busy."))
    db.execute(update(BulkJob).values(failed=1, done=1))
    db.commit()

    page = text_of(operator.get(f"{job}?status=failed").text)
    answer = operator.post(f"{job}/retry", {"job": str(uuid4())})

    assert "The line was busy." in page
    assert "Retry the failed" in page
    assert "Cancel deploy (what failed, again)" in text_of(operator.get(answer.headers["Location"]).text)


@pytest.mark.parametrize(("role", "status"), [(Role.MEMBER, 404), (Role.OPERATOR, 404), (Role.VIEWER, 403)])
def test_jobs_of_others_are_not_found(sign_in, job, role, status):
    other = sign_in(role)

    paths = (job, f"{job}/live?part=items")
    assert [other.get(path).status_code for path in paths] == [status] * 2
    assert [other.post(f"{job}/{act}", {"job": str(uuid4())}).status_code for act in ("cancel", "retry", "undo")] == [
        status
    ] * 3


def test_an_admin_sees_all_jobs_and_others_their_own(sign_in, operator, job):
    assert job in sign_in(Role.ADMIN).get("/console/bulk/").text
    assert job in operator.get("/console/bulk/").text
    assert "No bulk job yet" in sign_in(Role.MEMBER).get("/console/bulk/").text


def test_a_member_previews_their_own_records_alone(sign_in, make):
    member = make.user(role=Role.MEMBER)
    make.deploy(session=make.session(user=member, status="completed"))
    make.deploy()
    make.save()
    browser = sign_in(user=member)

    assert "Retry deploy: 1 that match" in text_of(browser.get(RETRY).text)
    assert browser.get(CANCEL).status_code == 403


def test_projects_are_marked_as_configured_by_a_job_and_undone(db, operator, make):
    for status in (ProjectStatus.CODE_GENERATED, ProjectStatus.PROMPT_READY):
        make.project(status=status)
    make.save()

    address = confirm(operator, "/console/bulk/new/project/mark_configured").headers["Location"]
    work(db)
    page = text_of(operator.get(address).text)

    assert "1 done 0 failed 1 skipped" in page
    assert "A project can't go from prompt ready to deploy configured." in page
    assert set(db.scalars(select(Project.status))) == {ProjectStatus.DEPLOY_CONFIGURED, ProjectStatus.PROMPT_READY}


def test_every_views_bulk_acts_are_known_to_the_worker_and_of_its_own_table(app):
    [admin] = app.extensions["admin"]
    named = [(view, name, act) for view in admin._views for name, act in getattr(view, "bulk_acts", {}).items()]

    assert named
    for view, name, act in named:
        assert ACTS[act.name] is act
        assert act.model is view.model
        assert act.permission is (view.delete_permission if name == "delete" else view.action_permissions[name])
        assert name != "delete" or view.deletes_into_trash
        assert name in view._actions_data


def test_shops_have_a_key_that_is_a_number_and_bulk_acts_keep_it_as_text():
    act = bulk.Act("shop:close", "Close", "closed", Shop, "close", run=None, look=None)

    assert act.parse("7") == 7
