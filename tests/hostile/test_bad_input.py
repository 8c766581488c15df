"""Bad input to the lists: every answer says what is wrong, none is a fault, and nothing is written twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select

from admin_views.asked_filters import is_usable
from app import create_app
from extensions import database
from models import AuditEvent, Deploy, DeployStatus, Project, ProjectStatus, PromptTemplate, Role
from tests.admin_views.pages import Page
from tests.client import Browser
from tests.conftest import NOW, settings_for
from tests.records import Records

LISTS = ("session", "project", "project_config", "room", "deploy", "attempt", "template", "user", "audit_event")
HUGE = "9" * 5_000
EVIL = {
    "a NUL": "%00",
    "a NUL inside": "a%00b",
    "a lone surrogate": "%ED%A0%80",
    "bytes that are no UTF-8": "%FF%FE%80",
    "a huge number": HUGE,
    "a negative number": "-1",
    "a number beyond a bigint": str(2**63),
    "digits of another script": "١٢٣",
    "a number in other words": "1e9",
    "not a number": "NaN",
    "nothing": "",
    "only spaces": "%20%20",
    "a long text": "x" * 5_000,
    "a quote": "' OR 1=1 --",
    "a pattern": "%25_%5C",
    "a trailing backslash": "%5C",
    "a regular expression": "(((((",
    "markup": "<script>alert(1)</script>",
    "a template": "{{7*7}}{%25 print 1 %25}",
    "a format": "%25s%25n{0.__class__}",
    "right to left": "%E2%80%AEgnp.exe",
    "combining marks": "a" + "%CC%81" * 500,
    "an emoji": "👩‍👩‍👧‍👦",
    "a path": "../../etc/passwd",
    "a newline": "a%0D%0ASet-Cookie:%20x=1",
}
ENDS_OF_THE_CALENDAR = (
    "0001-01-01T00:00:00+23:00",
    "9999-12-31T23:59:59-23:00",
    "0001-01-01 to 9999-12-31",
    "2026-W01-1",
)
ARGUMENTS = ("page", "page_size", "sort", "desc", "search", "flt0_status_equals", "flt", "flt_", "flt0_", "flt0", "url")


@pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)
def test_no_argument_of_a_list_is_a_fault(sign_in, make, evil):
    make.attempt()
    browser = sign_in(Role.ADMIN)

    for argument in ARGUMENTS:
        answer = browser.get(f"/admin/deploy/?{argument}={evil}", follow_redirects=True)
        assert answer.status_code in (200, 422), f"{argument}: {answer.text}"
        assert "<script>alert(1)" not in answer.text
        assert "Set-Cookie: x=1" not in str(answer.headers)


@pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)
def test_no_search_no_id_and_no_export_is_a_fault(sign_in, make, evil):
    make.attempt()
    make.room()
    browser = sign_in(Role.ADMIN)

    for endpoint in ("session", "room", "attempt"):
        assert browser.get(f"/admin/{endpoint}/?search={evil}").status_code == 200
    for path in ("session/details", "template/details", "template/edit"):
        assert browser.get(f"/admin/{path}/?id={evil}").status_code in (404, 422)
    assert browser.get(f"/admin/deploy/export/{evil or 'x'}/").status_code == 404
    assert browser.get(f"/admin/deploy/export/csv/?search={evil}", buffered=True).status_code in (200, 422)


@pytest.mark.parametrize("endpoint", LISTS)
def test_a_list_is_open_and_each_of_its_pages_too(sign_in, make, endpoint):
    make.attempt()
    make.room()
    make.config()
    make.template()
    browser = sign_in(Role.ADMIN)

    for path in ("", "?page=0&page_size=100", "export/csv/"):
        assert browser.get(f"/admin/{endpoint}/{path}", buffered=True).status_code == 200


@pytest.mark.parametrize("endpoint", LISTS)
def test_whatever_a_filter_takes_for_usable_the_database_can_compare_with(app, db, make, endpoint):
    make.attempt()
    make.room()
    [admin] = app.extensions["admin"]
    [view] = [view for view in admin._views if view.endpoint == endpoint]
    tried = 0

    for index, flt in enumerate(view._filters):
        for value in (*map(unquote, EVIL.values()), *ENDS_OF_THE_CALENDAR, "1", "0", "1,0", str(make.user().id)):
            if is_usable(flt, value):
                query = db.query(func.count()).select_from(view.model)
                query, *_ = view._apply_filters(query, None, {}, {}, [(index, flt.name, value)])
                assert query.scalar() >= 0
                tried += 1

    assert tried > len(view._filters)


@pytest.mark.parametrize("endpoint", LISTS)
def test_every_column_of_every_list_can_be_sorted_by_or_says_that_it_cannot(sign_in, make, endpoint):
    make.attempt()
    make.room()
    browser = sign_in(Role.ADMIN)

    for column in range(10):
        assert browser.get(f"/admin/{endpoint}/?sort={column}&desc={column % 2}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "search=a&search=b",
        "search[]=a",
        "search[$ne]=a",
        "page=0&page=1&page=2",
        "&&&==&=&a",
        "%00=%00",
        "_scheme=javascript&_external=1",
        "endpoint=security.logout",
        "flt0_status_equals=queued&flt0_status_equals=bogus",
        "flt999999999999_status_equals=queued",
        "flt-1_status_equals=queued",
        "fltx_status_equals=queued",
        "flt0_hook_url_contains=https",
        "flt0_password_contains=a",
        "flt0_status_in_list=" + ",".join(["queued"] * 500),
        "&".join(f"a{number}=1" for number in range(900)),
    ],
)
def test_no_query_string_is_a_fault(sign_in, make, query):
    make.deploy()

    assert sign_in(Role.ADMIN).get(f"/admin/deploy/?{query}").status_code in (200, 400, 422)


@pytest.mark.parametrize("endpoint", ["deploy", "session", "project"])
@pytest.mark.parametrize("rowid", ["", "x", "\x00", "1" * 5_000, "00000000-0000-0000-0000-000000000000", "{}", "null"])
def test_no_selection_is_a_fault(sign_in, endpoint, rowid):
    action = "mark_configured" if endpoint == "project" else "retry"
    browser = sign_in(Role.ADMIN)

    answer = browser.post(f"/admin/{endpoint}/action/", {"action": action, "rowid": rowid, "url": "//["})
    assert answer.status_code == 422
    answer = browser.post(f"/admin/{endpoint}/action/", {"action": action, "rowid": rowid})
    assert answer.status_code in (404, 422)
    answer = browser.post(f"/admin/{endpoint}/action/", {"action": rowid, "rowid": rowid})
    assert answer.status_code == 422


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data", "", "x\x7f/;;;="])
def test_a_body_of_another_kind_is_no_fault(sign_in, make, content_type):
    template = make.template()
    browser = sign_in(Role.ADMIN)

    for path in ("/admin/template/new/", f"/admin/template/edit/?id={template.id}", "/admin/template/delete/"):
        answer = browser.send("POST", path, data=b'{"title": [', headers={"Content-Type": content_type})
        assert answer.status_code in (400, 415, 422)


def test_a_body_beyond_the_limit_is_refused(sign_in):
    form = {"title": "T", "content": "x" * 1_100_000, "combo_type": "all"}

    assert sign_in(Role.ADMIN).post("/admin/template/new/", form).status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE"])
def test_an_action_is_a_post_or_nothing(sign_in, make, method):
    deploy = make.deploy()
    query = {"action": "retry", "rowid": str(deploy.id)}

    answer = sign_in(Role.ADMIN).send(method, "/admin/deploy/action/", query_string=query)

    assert answer.status_code == 405


@pytest.fixture
def served(fresh_database_url, fresh_db):
    """An application that commits for real, and records in its database."""
    app = create_app(settings_for(fresh_database_url))
    yield app, Records(fresh_db, NOW)
    with app.app_context():
        database.session.remove()
        database.engine.dispose()


def together(count, send):
    """`send(n)` from `count` threads that start at once; the statuses of the answers."""
    gate = Barrier(count)

    def run(number):
        gate.wait()
        return send(number).status_code

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_a_retry_that_is_clicked_many_times_at_once_queues_one_deploy(served, fresh_db):
    app, make = served
    deploy, operator = make.deploy(), make.user(role=Role.OPERATOR)
    make.save()
    form = {"action": "retry", "rowid": str(deploy.id)}
    browsers = [Browser(app, operator) for _ in range(6)]

    statuses = together(6, lambda number: browsers[number].post("/admin/deploy/action/", form))

    assert statuses == [302] * 6
    fresh_db.expire_all()
    assert deploy.status is DeployStatus.QUEUED
    assert fresh_db.scalars(select(AuditEvent.tag)).all() == ["deploy:retry"]


def test_a_session_that_is_deployed_many_times_at_once_gets_one_deploy(served, fresh_db):
    app, make = served
    session = make.session(vercel_hook_url="https://hooks.example.com/x", status="completed")
    operator = make.user(role=Role.OPERATOR)
    make.save()
    form = {"action": "retry", "rowid": str(session.id)}
    browsers = [Browser(app, operator) for _ in range(6)]

    assert together(6, lambda number: browsers[number].post("/admin/session/action/", form)) == [302] * 6
    assert fresh_db.scalar(select(func.count()).select_from(Deploy)) == 1


def test_a_project_that_is_marked_many_times_at_once_takes_one_step(served, fresh_db):
    app, make = served
    project, operator = make.project(status=ProjectStatus.CODE_GENERATED), make.user(role=Role.OPERATOR)
    make.save()
    form = {"action": "mark_configured", "rowid": str(project.id)}
    browsers = [Browser(app, operator) for _ in range(6)]

    together(6, lambda number: browsers[number].post("/admin/project/action/", form))

    fresh_db.expire_all()
    assert fresh_db.get_one(Project, project.id).status is ProjectStatus.DEPLOY_CONFIGURED
    assert fresh_db.scalars(select(AuditEvent.tag)).all() == ["project:move"]


def test_a_template_whose_form_is_sent_many_times_at_once_is_one_template(served, fresh_db):
    app, make = served
    admin = make.user(role=Role.ADMIN)
    make.save()
    browsers = [Browser(app, admin) for _ in range(6)]
    new_id = Page(browsers[0].get("/admin/template/new/")).field("new_id")
    form = {"title": "T", "content": "C", "combo_type": "all", "new_id": new_id}

    statuses = together(6, lambda number: browsers[number].post("/admin/template/new/", form))

    assert sorted(statuses) == [302] + [409] * 5
    assert fresh_db.scalar(select(func.count()).select_from(PromptTemplate)) == 1


def test_of_many_edits_at_once_one_is_saved_and_the_others_are_told(served, fresh_db):
    app, make = served
    template, admin = make.template(title="Old"), make.user(role=Role.ADMIN)
    make.save()
    browsers = [Browser(app, admin) for _ in range(6)]
    path = f"/admin/template/edit/?id={template.id}"
    seen = Page(browsers[0].get(path)).field("seen")
    form = {"content": "C", "combo_type": "all", "seen": seen}

    statuses = together(6, lambda number: browsers[number].post(path, form | {"title": f"Mine {number}"}))

    assert sorted(statuses) == [302] + [409] * 5
    fresh_db.expire_all()
    assert template.title == f"Mine {statuses.index(302)}"
    assert fresh_db.scalars(select(AuditEvent.tag)).all() == ["template:edit"]
