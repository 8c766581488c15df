"""How a list is shown: its columns and its rows on a page, in the address and as each person chose them."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from models import Role
from services import audit, list_preferences
from services.permissions import WORKER
from tests.admin_views.pages import Page, text_of
from tests.conftest import actor_of
from tests.queries import counted

USUAL = ["Person", "Purpose", "Template", "Status", "Deploy result", "Deployed", "Updated"]
COLUMNS, SIZE = "/admin/session/columns/", "/admin/session/page-size/"


@pytest.fixture
def session(make):
    return make.session(target_audience="tea drinkers")


@pytest.fixture
def person(sign_in, make, session):
    return sign_in(Role.OPERATOR)


def heads(answer):
    """The list's columns, from left to right."""
    cells = re.findall(r'<th class="column-header[^>]*>(.*?)</th>', answer.text, re.DOTALL)
    return [text_of(re.sub(r'<div class="flyout.*?</div>', "", cell, flags=re.DOTALL)) for cell in cells]


def offered(answer):
    """Names in the chooser, and whether each is ticked."""
    boxes = re.findall(r'name="column" value="([^"]*)"( checked)?', answer.text)
    return {unescape(name): bool(checked) for name, checked in boxes}


def test_the_address_says_which_columns_are_shown_and_in_which_order(person, session):
    answer = person.get("/admin/session/?columns=updated_at,target_audience,user.email")

    assert heads(answer) == ["Updated", "Target audience", "Person’s e-mail"]
    assert Page(answer).column("target_audience") == ["tea drinkers"]
    assert Page(answer).messages == []


@pytest.mark.parametrize(
    ("columns", "shown", "says"),
    [
        ("status,gone,purpose", ["Status", "Purpose"], "This list has no column “gone”, so that was left out."),
        ("a,b,c,d,e", USUAL, "This list has no column “a”, “b”, “c” and 2 more, so that was left out."),
        ("status,\x00", ["Status"], "This list has no column “\x00”, so that was left out."),
        ("status,status,, status ", ["Status"], None),
        (",", USUAL, None),
        ("x" * 5_000, USUAL, f"This list has no column “{'x' * 60}”, so that was left out."),
    ],
    ids=["one", "many", "NUL", "twice", "none", "long"],
)
def test_columns_that_a_list_has_not_are_complained_about_and_left_out(person, columns, shown, says):
    answer = person.get("/admin/session/", query_string={"columns": columns})

    assert heads(answer) == shown
    assert Page(answer).messages == ([says] if says else [])


def test_the_columns_of_details_and_exports_can_be_shown_and_each_label_once(person):
    names = list(offered(person.get("/admin/session/")))

    assert names[:7] == [
        "user",
        "purpose",
        "template",
        "status",
        "deploy_response",
        "deploy_triggered_at",
        "updated_at",
    ]
    assert {"id", "user.email", "api_key_last_four", "vercel_hook_url", "survey"} <= set(names)
    assert "template.title" not in names  # it is called as the template is, and shows the same


def test_a_hook_is_masked_as_a_column_too(sign_in, make):
    make.session(vercel_hook_url="https://hooks.example.com/deploy/0123456789abcdef")

    page = Page(sign_in(Role.ADMIN).get("/admin/session/?columns=vercel_hook_url"))

    assert page.column("vercel_hook_url") == ["https://hooks.example.com/…cdef"]


def test_what_is_hidden_whole_is_no_column(at_shops, shops):
    shops(password="secret")

    answer = at_shops(Role.ADMIN).get("/admin/shop/?columns=name,password")

    assert "password" not in offered(answer)
    assert heads(answer) == ["Name"]


def test_columns_are_chosen_by_a_form_and_remembered_for_the_person_and_the_list(person, sign_in):
    answer = person.post(
        COLUMNS,
        {
            "column": ["status", "id"],
            "remember": "1",
            "arguments": "search=tea&page=2&cursor=x&columns=user&order=-status",
        },
    )

    assert answer.status_code == 303
    query = {"search": ["tea"], "order": ["-status"], "columns": ["status,id"]}
    assert parse_qs(urlsplit(answer.location).query) == query
    again = person.get("/admin/session/")
    assert heads(again) == ["Status", "Id"]
    assert [name for name, ticked in offered(again).items() if ticked] == ["status", "id"]
    assert heads(person.get("/admin/session/?columns=purpose")) == ["Purpose"]
    assert heads(sign_in(Role.OPERATOR).get("/admin/session/")) == USUAL


def test_columns_may_be_chosen_for_once(person):
    answer = person.post(COLUMNS, {"column": ["status"], "arguments": ""})

    assert heads(person.get(answer.location)) == ["Status"]
    assert heads(person.get("/admin/session/")) == USUAL


@pytest.mark.parametrize(
    ("press", "order"),
    [
        ({"up": "purpose"}, "purpose,status,id"),
        ({"down": "status"}, "purpose,status,id"),
        ({"up": "status"}, "status,purpose,id"),
        ({"down": "id"}, "status,purpose,id"),
        ({"up": "user"}, "status,purpose,id"),
    ],
)
def test_the_arrows_move_a_column_where_no_script_does(person, press, order):
    answer = person.post(COLUMNS, {"column": ["status", "purpose", "id"], "arguments": ""} | press)

    assert parse_qs(urlsplit(answer.location).query)["columns"] == [order]


def test_the_usual_columns_can_be_had_back(person):
    person.post(COLUMNS, {"column": ["status"], "remember": "1"})

    answer = person.post(COLUMNS, {"column": ["status"], "remember": "1", "reset": "1", "arguments": "columns=status"})

    assert answer.location == "/admin/session/"
    assert heads(person.get("/admin/session/")) == USUAL


@pytest.mark.parametrize("form", [{}, {"column": "gone"}, {"column": "\x00"}])
def test_a_choice_of_no_column_is_refused(person, form):
    answer = person.post(COLUMNS, form)

    assert answer.status_code == 422
    assert "A list shows at least one column." in answer.text


def test_a_column_that_a_list_lost_is_left_out_without_a_word(sign_in, make, db, session):
    user = make.user(role=Role.VIEWER)
    list_preferences.remember_columns(db, "session", ["gone", "status"], actor=actor_of(user))

    answer = sign_in(user=user).get("/admin/session/")

    assert (heads(answer), Page(answer).messages) == (["Status"], [])


def test_as_many_rows_as_a_person_chose_stand_on_a_page(sign_in, make):
    for _ in range(21):
        make.session()
    person = sign_in(Role.VIEWER)

    answer = person.post(SIZE, {"page_size": "50", "arguments": "search=tea&page_size=20&page=3"})

    assert parse_qs(urlsplit(answer.location).query) == {"search": ["tea"], "page_size": ["50"]}
    assert Page(person.get("/admin/session/")).rows == 21
    assert Page(person.get("/admin/session/?page_size=20")).rows == 20
    assert Page(sign_in(Role.VIEWER).get("/admin/session/")).rows == 20


@pytest.mark.parametrize("size", ["", "0", "21", "-20", "\x00", "9" * 30])
def test_a_page_has_one_of_the_lists_numbers_of_rows(person, size):
    assert person.post(SIZE, {"page_size": size}).status_code == 422


@pytest.mark.parametrize("size", [1, 999])
def test_a_number_of_rows_that_a_list_has_no_more_is_forgotten(sign_in, make, db, size):
    user = make.user(role=Role.VIEWER)
    list_preferences.remember_page_size(db, "session", size, actor=actor_of(user))

    assert sign_in(user=user).get("/admin/session/").text.count("20<span") == 1


def test_nobody_chooses_columns_of_a_list_that_they_may_not_see(sign_in):
    assert sign_in(Role.MEMBER).post("/admin/template/columns/", {"column": "title"}).status_code == 403


@pytest.mark.parametrize("endpoint", ["session", "deploy", "attempt", "project", "project_config", "room"])
def test_no_column_costs_a_query_for_each_row(sign_in, connection, make, endpoint):
    person = sign_in(Role.ADMIN)

    def furnish():
        deploy = make.deploy(session=make.session(template=None))
        make.attempt(deploy=deploy)
        project = make.project()
        make.config(project=project)
        make.room(project=project)
        make.db.expire_all()

    furnish()
    names = ",".join(offered(person.get(f"/admin/{endpoint}/")))
    with counted(connection) as few:
        answer = person.get(f"/admin/{endpoint}/?columns={names}")
    for _ in range(4):
        furnish()
    with counted(connection) as many:
        more = person.get(f"/admin/{endpoint}/?columns={names}")

    assert Page(answer).messages == []
    assert Page(more).rows == 5 * Page(answer).rows
    assert len(many) == len(few)


def test_the_trails_list_calls_the_record_a_record_and_not_an_id(sign_in, db):
    audit.record(db, WORKER, "deploy:retry", uuid4())

    html = sign_in(Role.ADMIN).get("/admin/audit_event/").text
    heads = [text_of(head) for head in re.findall(r"<th[^>]*>(.*?)</th>", html, re.DOTALL)]

    assert [head for head in heads if "Record" in head] == ["Record"]
