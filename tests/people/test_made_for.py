"""Pages that were left open while the admin became somebody else, or themselves again, in another tab."""

import time
from http import HTTPStatus

import pytest
from sqlalchemy import select

from models import ProjectStatus, Role, SavedView, User


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


@pytest.fixture
def operator(make):
    return make.user(role=Role.OPERATOR, name="Olga Operator")


def act_as(browser, person):
    return browser.post("/console/acting/start", {"person": str(person.id), "reason": "A ticket of theirs"})


def allow_changes(browser):
    from_now(browser)
    return browser.post("/console/acting/")


def from_now(browser):
    with browser.client.session_transaction() as session:
        session["fs_paa"] = time.time()


def saved(db):
    return db.scalars(select(SavedView.name)).all()


VIEW = {"endpoint": "session", "name": "Shops <of> Ana", "arguments": "search=shop"}


def test_what_a_page_of_before_stop_sends_is_not_done_as_the_admin(db, admin, operator):
    act_as(admin, operator)
    stale = admin.csrf_token
    admin.post("/console/acting/stop")

    answer = admin.post("/console/views/", VIEW | {"csrf_token": stale})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "This page was made while you acted as Olga Operator, and you are yourself now" in answer.text
    assert saved(db) == []


def test_what_a_page_of_ones_own_sends_is_not_done_as_somebody_else(db, make, admin, operator):
    project = make.project(status=ProjectStatus.CODE_GENERATED)
    stale = admin.csrf_token
    act_as(admin, operator)
    allow_changes(admin)

    answer = admin.post(f"/console/projects/{project.id}/configure", {"csrf_token": stale})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "This page was made for yourself, and you act as Olga Operator now" in answer.text
    db.refresh(project)
    assert project.status is ProjectStatus.CODE_GENERATED


def test_a_page_of_one_person_is_none_of_the_next(make, admin, operator):
    act_as(admin, operator)
    stale = admin.csrf_token
    admin.post("/console/acting/stop")
    act_as(admin, make.user(role=Role.MEMBER, name="Mia Member"))

    answer = admin.post("/console/views/", VIEW | {"csrf_token": stale})

    assert "made while you acted as Olga Operator, and you act as Mia Member now" in answer.text


def test_what_was_typed_comes_back_and_can_be_sent_as_who_one_is_now(db, admin, operator):
    act_as(admin, operator)
    stale = admin.csrf_token
    admin.post("/console/acting/stop")

    page = admin.post("/console/views/", VIEW | {"csrf_token": stale}).text

    assert '<input type="hidden" name="name" value="Shops &lt;of&gt; Ana">' in page
    assert 'action="/console/views/"' in page
    assert stale not in page
    assert f'name="csrf_token" value="{admin.csrf_token}"' in page
    assert admin.post("/console/views/", VIEW).status_code == 303
    assert saved(db) == ["Shops <of> Ana"]


def test_who_only_reads_is_not_offered_to_send_it_and_still_sees_what_was_typed(admin, operator):
    stale = admin.csrf_token
    act_as(admin, operator)

    page = admin.post("/console/views/", VIEW | {"csrf_token": stale}).text

    assert 'action="/console/views/"' not in page
    assert '<dd dir="auto">Shops &lt;of&gt; Ana</dd>' in page


def test_passwords_do_not_come_back(admin, operator):
    act_as(admin, operator)
    as_other = admin.csrf_token
    admin.post("/console/acting/stop")

    page = admin.post("/console/account/password", {"csrf_token": as_other, "new_password": "not to be seen"})

    assert page.status_code == HTTPStatus.CONFLICT
    assert "not to be seen" not in page.text


def test_a_page_of_ones_own_is_good_again_once_one_is_oneself(db, admin, operator):
    own = admin.csrf_token
    act_as(admin, operator)
    admin.post("/console/acting/stop")

    assert admin.post("/console/views/", VIEW | {"csrf_token": own}).status_code == 303


@pytest.mark.parametrize("path", ["/console/acting/stop", "/logout"])
def test_to_stop_and_to_sign_out_any_page_of_the_sign_in_will_do(admin, operator, path):
    stale = admin.csrf_token
    act_as(admin, operator)

    assert admin.post(path, {"csrf_token": stale}).status_code in (302, 303)
    assert "Acting as" not in admin.get("/console/").text


def test_a_token_of_another_sign_in_is_no_page_of_this_one(sign_in, admin, operator):
    other = sign_in(Role.ADMIN)
    with other.client.session_transaction() as session:
        session["csrf_token"] = "another"
    act_as(other, operator)

    answer = admin.post("/console/views/", VIEW | {"csrf_token": other.csrf_token})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Shops" not in answer.text


def test_scripts_are_told_in_problem_json_and_htmx_by_its_status(admin, operator):
    stale = admin.csrf_token
    act_as(admin, operator)
    header = {"X-CSRFToken": stale}

    api = admin.client.post("/api/deliveries/pause", json={"reason": "Moving"}, headers=header)
    part = admin.client.post("/console/views/", data=VIEW, headers=header | {"HX-Request": "true"})

    assert (api.status_code, part.status_code) == (409, 409)
    assert "made for yourself, and you act as Olga Operator now" in api.json["detail"]
    assert "<form" not in part.text.partition("standalone-card")[2]


def test_parts_that_renew_themselves_and_streams_are_for_whom_the_page_was_made(admin, operator):
    page = admin.get("/console/").text
    act_as(admin, operator)

    part = admin.get("/console/widgets/funnel", headers={"HX-Request": "true", "X-Made-For": "self"})
    stream = admin.client.open("/api/console/events?made_for=self", method="HEAD")

    assert 'name="made-for" content="self"' in page
    assert "/api/console/events?made_for=self" in page
    assert (part.status_code, stream.status_code) == (409, 409)
    assert part.headers["X-Made-For"] != "self"
    now = part.headers["X-Made-For"]
    assert f'name="made-for" content="{now}"' in admin.get("/console/").text
    assert admin.get("/console/widgets/funnel", headers={"HX-Request": "true", "X-Made-For": now}).status_code == 200
    assert admin.client.open(f"/api/console/events?made_for={now}", method="HEAD").status_code == 200


@pytest.mark.parametrize("token", ["", "x", "é", "a.b.c", "." * 500])
def test_garbage_in_the_place_of_a_token_is_a_bad_request(admin, token):
    assert admin.post("/console/views/", VIEW | {"csrf_token": token}).status_code == HTTPStatus.BAD_REQUEST
    assert admin.client.post("/console/views/", data=VIEW, headers={"X-CSRFToken": "x.y"}).status_code == 400


def test_garbage_in_the_place_of_whom_a_page_was_made_for_changes_nothing(db, admin):
    assert admin.get("/console/widgets/funnel", headers={"X-Made-For": "garbage"}).status_code == 409
    assert admin.get("/console/").status_code == 200
    assert db.scalars(select(User.id).where(User.id == admin.user.id)).one()
