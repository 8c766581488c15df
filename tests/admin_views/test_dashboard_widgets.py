"""The dashboard's widgets: what they show, and to whom."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import text

from models import ProjectStatus, Role, SessionStatus
from tests.admin_views.failed_session import SECRET
from tests.admin_views.pages import Page, text_of
from tests.queries import counted

WIDGETS = ("attention", "funnel", "trends", "projects", "onboarding", "deploys", "quick")


@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_all_widgets(sign_in, role):
    page = sign_in(role).get("/console/")

    assert page.status_code == 200
    assert [name for name in WIDGETS if f'id="widget-{name}"' in page.text] == list(WIDGETS)


@pytest.mark.parametrize("name", WIDGETS)
def test_each_widget_comes_alone_as_well(sign_in, failed, name):
    answer = sign_in(Role.OPERATOR).get(f"/console/widgets/{name}")

    assert answer.status_code == 200
    assert f'id="widget-{name}"' in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("name", ["nothing", "base", "../error", "%00", "deploys.html", "x" * 500])
def test_a_widget_that_does_not_exist_is_not_found(sign_in, name):
    assert sign_in(Role.OPERATOR).get(f"/console/widgets/{name}").status_code == 404


@pytest.mark.parametrize("page", ["/console/", "/console/widgets/deploys"])
@pytest.mark.parametrize("tab", ["nothing", "%00", "FAILED", "x" * 3_000])
def test_a_tab_that_does_not_exist_is_refused(sign_in, page, tab):
    assert sign_in(Role.OPERATOR).get(f"{page}?deploys={tab}").status_code == 422


def test_widgets_renew_themselves_but_for_the_one_with_lists_to_choose_from(sign_in):
    browser = sign_in(Role.OPERATOR)

    renewed = [name for name in WIDGETS if 'hx-trigger="refresh"' in browser.get(f"/console/widgets/{name}").text]

    assert renewed == [name for name in WIDGETS if name != "quick"]


@pytest.mark.parametrize("page", ["/console/", "/console/widgets/funnel", "/console/widgets/trends"])
@pytest.mark.parametrize("period", ["nothing", "%00", "24H", "", "x" * 3_000])
def test_a_period_that_does_not_exist_is_refused(sign_in, page, period):
    assert sign_in(Role.OPERATOR).get(f"{page}?period={period}").status_code == 422


@pytest.mark.parametrize("page", ["/console/", "/console/widgets/attention"])
def test_what_needs_attention_is_shown_in_short_or_all(sign_in, page):
    browser = sign_in(Role.OPERATOR)

    assert browser.get(f"{page}?attention=all").status_code == 200
    assert browser.get(f"{page}?attention=most").status_code == 422


@pytest.mark.parametrize("period", ["24h", "7d", "30d"])
def test_a_period_is_a_link_and_widgets_stay_on_it_when_they_renew_themselves(sign_in, make, period):
    make.session()
    browser = sign_in(Role.OPERATOR)

    page = browser.get(f"/console/?period={period}").text

    assert f'<a href="/console/?period={period}" aria-current="page">' in page
    for name in ("funnel", "trends"):
        assert f'hx-get="/console/widgets/{name}?period={period}"' in page
        assert (
            f'hx-get="/console/widgets/{name}?period={period}"'
            in browser.get(f"/console/widgets/{name}?period={period}").text
        )


def test_a_widget_on_a_tab_stays_on_it_when_it_renews_itself(sign_in):
    widget = sign_in(Role.OPERATOR).get("/console/widgets/deploys?deploys=failed").text

    section = re.search(r"<section[^>]*>", widget)[0]
    assert 'hx-get="/console/widgets/deploys?deploys=failed"' in section


@pytest.mark.parametrize("path", ["/console/", "/console/widgets/funnel", "/console/open-room"])
def test_a_visitor_is_sent_to_sign_in(browser, path):
    answer = browser.get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")


def test_without_records_each_widget_says_so(sign_in):
    text = text_of(sign_in(Role.VIEWER).get("/console/").text)

    for words in (
        "No sessions yet",
        "No projects yet",
        "No deploys yet",
        "There are no rooms yet",
        "0 in all",
        "Nobody started yet",
        "Nothing needs you",
    ):
        assert words in text


@pytest.mark.parametrize(("tab", "words"), [("failed", "No attempt has failed"), ("under_way", "Nothing is under way")])
def test_a_tab_on_which_nothing_matches_leads_back_to_all(sign_in, make, tab, words):
    make.attempt(status_code=201)

    html = sign_in(Role.OPERATOR).get(f"/console/?deploys={tab}").text

    assert words in html
    assert "Show all attempts" in html


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MEMBER])
def test_each_number_leads_to_a_list_of_as_many_rows(sign_in, make, role):
    user = make.user(role=role)
    for count, status in enumerate(SessionStatus, start=1):
        for _ in range(count):
            make.session(user=user, status=status)
    for count, status in enumerate(ProjectStatus, start=1):
        for _ in range(count):
            make.project(owner=user, status=status)
    make.session(status=SessionStatus.FAILED)  # somebody else's: counted for the operator only
    browser = sign_in(user=user)

    page = browser.get("/console/").text
    links = re.findall(r'<a class="stat" href="([^"]+)">.*?<span class="stat-value">([\d,]+)</span>', page, re.DOTALL)

    assert len(links) == 7
    for address, number in links:
        assert Page(browser.get(unescape(address))).count == int(number)


def test_the_funnel_shows_how_many_came_how_far_and_has_a_table_behind_it(sign_in, make):
    now = datetime.now(UTC)
    for status in (SessionStatus.COMPLETED, SessionStatus.COMPLETED, SessionStatus.DRAFT, SessionStatus.FAILED):
        make.session(status=status, created_at=now)
    make.project(status=ProjectStatus.DOMAIN_READY, created_at=now)

    widget = sign_in(Role.OPERATOR).get("/console/widgets/funnel").text
    words = text_of(widget)

    assert re.findall(r'<p class="funnel-count"><b>(\d+)</b>', widget) == ["4", "2", "1"]
    assert "Conversion 25%" in words
    assert re.findall(r"funnel-share.*?<b>([^<]+)</b>", widget, re.DOTALL) == ["50%", "50%"]
    assert widget.count("<tr>") == 1 + 24
    assert 'role="img" aria-label="Started: 4 in the last 24 hours, at most 4 at a time."' in widget


def test_the_trends_say_in_words_and_in_a_table_what_the_charts_show(sign_in, make):
    now = datetime.now(UTC)
    deploy = make.deploy(session=make.session(created_at=now, status=SessionStatus.COMPLETED))
    make.attempt(deploy=deploy, attempt_number=1, started_at=now, status_code=503)
    make.attempt(deploy=deploy, attempt_number=2, started_at=now, status_code=201)

    widget = sign_in(Role.OPERATOR).get("/console/widgets/trends").text

    assert "2 attempts in the last 24 hours, 1 failed (50.0%)." in widget
    assert "1 session started in the last 24 hours, 1 completed, 0 failed." in widget
    last = re.findall(r'<tr data-at="\d+">(.*?)</tr>', widget, re.DOTALL)[23::24]
    assert [re.findall(r'<data value="(\d+)">', row) for row in last] == [["1", "1"], ["1", "1", "0"]]


def test_a_period_in_which_nothing_happened_leads_to_a_longer_one(sign_in, make):
    make.attempt(started_at=datetime.now(UTC) - timedelta(days=3))
    browser = sign_in(Role.OPERATOR)

    today = browser.get("/console/widgets/trends").text
    assert "No attempts in the last 24 hours." in today
    assert 'data-chart="attempts"' not in today
    assert 'href="/console/?period=30d"' in today

    assert "1 attempt in the last 30 days" in browser.get("/console/widgets/trends?period=30d").text


def test_a_part_that_can_not_be_read_says_so_and_leaves_the_others(sign_in, db, make):
    make.session()
    db.execute(text("ALTER TABLE metric_deltas RENAME TO away"))

    answer = sign_in(Role.OPERATOR).get("/console/")

    assert answer.status_code == 200
    assert answer.text.count("This part could not be read") == 5
    assert "Deploy log" in answer.text
    assert re.search(r"request [0-9a-f]{12}\.", answer.text)


def test_a_hook_is_masked_and_its_answer_is_text(sign_in, failed):
    html = sign_in(Role.ADMIN).get("/console/").text

    assert SECRET not in html
    assert "https://hooks.example.com/…cdef" in html
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(" in html


def test_a_failed_attempt_stands_out_and_a_good_one_does_not(sign_in, make):
    bad, good = make.attempt(status_code=503), make.attempt(status_code=201)

    widget = sign_in(Role.OPERATOR).get("/console/widgets/deploys").text

    assert f'<tr id="attempt-{bad.id}" data-row="attempt:{bad.id}" class="failed">' in widget
    assert f'<tr id="attempt-{good.id}" data-row="attempt:{good.id}">' in widget


@pytest.mark.parametrize("path", ["studio", "projects/{project}", "sessions/{session}", "rooms/{room}"])
def test_where_the_dashboard_leads_there_is_a_page(sign_in, make, failed, path):
    project = make.project()
    ids = {"project": project.id, "session": failed.id, "room": make.room(project=project).id}

    assert sign_in(Role.OPERATOR).get(f"/console/{path.format(**ids)}").status_code == 200


def test_the_dashboard_asks_the_database_as_often_for_many_rows_as_for_one(sign_in, connection, make):
    browser = sign_in(Role.OPERATOR)

    def queries() -> int:
        with counted(connection) as statements:
            browser.get("/console/")
        return len(statements)

    def grow(rows: int) -> None:
        for _ in range(rows):
            make.attempt(deploy=make.deploy(session=make.session(recommend_template_id=make.template().id)))
            make.room(project=make.project())

    grow(1)
    for_one = queries()
    grow(12)

    assert queries() == for_one


def test_the_dashboard_holds_nothing_that_a_strict_policy_would_refuse(sign_in, make, failed):
    make.room(project=make.project())
    html = sign_in(Role.OPERATOR).get("/console/").text

    assert not re.search(r"<[^>]*\s(?:style|on\w+)\s*=", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style\b|javascript:", html)
