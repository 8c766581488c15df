"""Who may call the API: by token or by cookie, protected from forgery, and only as far as the role goes."""

from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer

from models import Role
from tests.api.conftest import assert_problem
from tests.api.program import Program
from tests.records import NOBODY

READ, WRITE = f"/api/sessions/{NOBODY}", f"/api/console/deploy/{NOBODY}"


def test_a_visitor_is_told_to_sign_in_and_is_not_redirected(browser):
    answer = browser.get(READ)

    assert "Sign in" in assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Operations Console"'


def test_a_visitor_is_told_to_sign_in_before_being_told_of_anything_else_that_is_wrong(browser):
    assert_problem(browser.client.patch("/api/projects/no-id", data="{"), 401)


def test_a_token_opens_the_api(program_of):
    assert_problem(program_of(Role.VIEWER).get(READ), 404)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_schemes_case_does_not_matter(program_of, scheme):
    program = program_of(Role.VIEWER)
    program.headers["Authorization"] = program.headers["Authorization"].replace("Bearer", scheme)

    assert_problem(program.get(READ), 404)


def test_a_token_writes_without_a_csrf_token(program_of):
    assert_problem(program_of(Role.OPERATOR).post(WRITE), 404)


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "Bearer x.y.z", "Bearer \xff", "Bearer " + "a" * 5000, "Bearer a b"]
)
def test_a_bad_token_is_refused_as_such(app, browser, header):
    answer = browser.get(READ, headers={"Authorization": header})

    assert "not valid" in assert_problem(answer, 401)
    assert "error=invalid_token" in answer.headers["WWW-Authenticate"]


def test_an_expired_token_is_refused(app, program_of, monkeypatch):
    program = program_of(Role.ADMIN)
    monkeypatch.setitem(app.config, "SECURITY_TOKEN_MAX_AGE", timedelta(seconds=-1))

    assert_problem(program.get(READ), 401)


def test_a_token_signed_with_another_key_is_refused(app, make):
    user = make.user(role=Role.ADMIN)
    forger = URLSafeTimedSerializer("another key", salt=app.config["SECURITY_REMEMBER_SALT"])
    forged = forger.dumps({"ver": "5", "uid": user.fs_uniquifier, "exp": 0})

    assert_problem(Program(app).get(READ, headers={"Authorization": f"Bearer {forged}"}), 401)


@pytest.mark.parametrize("changes", [{"active": False}, {"fs_uniquifier": "renewed"}])
def test_a_token_ends_when_access_is_taken_away_or_sign_ins_are_ended(db, make, program_of, changes):
    user = make.user(role=Role.ADMIN)
    program = program_of(user=user)
    for name, value in changes.items():
        setattr(user, name, value)
    db.flush()

    assert_problem(program.get(READ), 401)


def test_a_token_of_a_person_without_a_role_opens_nothing(make, program_of):
    assert_problem(program_of(user=make.user(role=None, active=True)).get(READ), 403)


def test_a_token_counts_nowhere_but_in_the_authorization_header(app, program_of):
    token = program_of(Role.ADMIN).headers["Authorization"].removeprefix("Bearer ")
    stranger = Program(app)

    assert_problem(stranger.get(f"{READ}?auth_token={token}"), 401)
    assert_problem(stranger.get(READ, headers={"Authentication-Token": token}), 401)
    assert_problem(stranger.post(WRITE, json={"auth_token": token}), 401)


@pytest.mark.parametrize("where", ["header", "own header", "query"])
def test_a_token_opens_no_page(app, program_of, where):
    token = program_of(Role.ADMIN).headers["Authorization"].removeprefix("Bearer ")
    headers = {"header": {"Authorization": f"Bearer {token}"}, "own header": {"Authentication-Token": token}}

    answer = Program(app).get(
        "/console/" + (f"?auth_token={token}" if where == "query" else ""), headers=headers.get(where, {})
    )

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")


def test_a_bad_token_is_refused_even_beside_a_good_cookie(sign_in):
    assert_problem(sign_in(Role.ADMIN).get(READ, headers={"Authorization": "Bearer x"}), 401)


def test_credentials_of_another_scheme_do_not_stand_in_the_way_of_a_cookie(sign_in):
    assert_problem(sign_in(Role.VIEWER).get(READ, headers={"Authorization": "Basic eDp5"}), 404)


def test_a_cookie_reads_without_a_csrf_token(sign_in):
    assert_problem(sign_in(Role.VIEWER).get(READ), 404)


def test_a_cookie_writes_with_a_csrf_token(sign_in):
    assert_problem(sign_in(Role.OPERATOR).send("POST", WRITE, json={}), 404)


@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "guessed"}])
def test_a_cookie_alone_does_not_write(sign_in, headers):
    answer = sign_in(Role.OPERATOR).client.post(WRITE, json={}, headers=headers)

    assert "CSRF" in assert_problem(answer, 400)


def test_another_sites_form_does_not_write(sign_in):
    answer = sign_in(Role.OPERATOR).client.post(WRITE, data={"hookUrl": "https://evil.example/hook"})

    assert_problem(answer, 400)


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (Role.MEMBER, "GET", "/api/console/summary", 200),
        (Role.VIEWER, "GET", "/api/console/summary", 200),
        (Role.MEMBER, "PATCH", f"/api/projects/{NOBODY}", 403),
        (Role.VIEWER, "PATCH", f"/api/projects/{NOBODY}", 403),
        (Role.OPERATOR, "PATCH", f"/api/projects/{NOBODY}", 404),
        (Role.ADMIN, "PATCH", f"/api/projects/{NOBODY}", 404),
        (Role.MEMBER, "POST", WRITE, 404),
        (Role.VIEWER, "POST", WRITE, 403),
        (Role.OPERATOR, "POST", WRITE, 404),
        (Role.ADMIN, "POST", WRITE, 404),
    ],
)
def test_each_role_reaches_what_it_is_granted(program_of, role, method, path, status):
    body = {"prompt_text": "x"} if method == "PATCH" else None

    assert program_of(role).send(method, path, json=body).status_code == status


def test_no_answer_is_kept_by_a_cache(browser, program_of):
    assert program_of(Role.VIEWER).get(READ).headers["Cache-Control"] == "no-store"
    assert browser.get("/healthz").headers["Cache-Control"] == "no-store"


def test_a_program_is_given_no_cookie(program_of):
    assert "Set-Cookie" not in program_of(Role.VIEWER).get(READ).headers
