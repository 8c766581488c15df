"""Who may call the API: by token or by cookie, protected from forgery, and only as far as the role goes."""

from datetime import UTC, datetime, timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from models import ApiToken, Role, TokenScope
from tests.api.conftest import assert_problem
from tests.api.program import Program
from tests.queries import counted
from tests.records import NOBODY

READ, WRITE = f"/api/sessions/{NOBODY}", f"/api/console/deploy/{NOBODY}"


def the_token(db):
    return db.scalars(select(ApiToken)).one()


def test_a_visitor_is_told_to_sign_in_and_is_not_redirected(browser):
    answer = browser.get(READ)

    assert "Sign in" in assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Operations Console", scope="read"'
    assert answer.json["scope"] == "read"


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
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_an_expired_token_is_refused_and_says_so(db, program_of):
    program = program_of(Role.ADMIN)
    the_token(db).expires_at = datetime(2026, 11, 1, tzinfo=UTC)
    db.flush()

    answer = program.get(READ)

    assert "expired on 1 November 2026" in assert_problem(answer, 401)
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_revoked_token_is_refused_and_says_so(db, program_of):
    program = program_of(Role.ADMIN)
    the_token(db).revoked_at = datetime(2026, 11, 2, tzinfo=UTC)
    db.flush()

    assert "revoked on 2 November 2026" in assert_problem(program.get(READ), 401)


def test_a_token_of_the_old_kind_is_refused_though_its_signature_is_good_and_says_so(app, make):
    user = make.user(role=Role.ADMIN)
    signer = URLSafeTimedSerializer(app.secret_key, salt=app.config["SECURITY_REMEMBER_SALT"])
    old = signer.dumps({"ver": "5", "uid": user.fs_uniquifier, "exp": 0})

    answer = Program(app).get(READ, headers={"Authorization": f"Bearer {old}"})

    assert "Tokens of this kind are not valid any more" in assert_problem(answer, 401)


def test_a_token_ends_when_access_is_taken_away(db, make, program_of):
    user = make.user(role=Role.ADMIN)
    program = program_of(user=user)
    user.active = False
    db.flush()

    assert_problem(program.get(READ), 401)


def test_a_token_goes_on_when_sign_ins_are_ended(db, make, program_of):
    user = make.user(role=Role.ADMIN)
    program = program_of(user=user)
    user.fs_uniquifier, user.password = "renewed", "another"
    db.flush()

    assert_problem(program.get(READ), 404)


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


@pytest.mark.parametrize(
    ("role", "scope", "method", "path", "status"),
    [
        (Role.ADMIN, TokenScope.READ, "GET", READ, 404),
        (Role.ADMIN, TokenScope.READ, "POST", WRITE, 403),
        (Role.ADMIN, TokenScope.REMEDIATE, "POST", WRITE, 404),
        (Role.OPERATOR, TokenScope.READ, "PATCH", f"/api/projects/{NOBODY}", 403),
        (Role.OPERATOR, TokenScope.REMEDIATE, "PATCH", f"/api/projects/{NOBODY}", 404),
        (Role.OPERATOR, TokenScope.READ, "POST", "/api/deliveries/pause", 403),
        (Role.MEMBER, TokenScope.READ, "POST", WRITE, 403),
        (Role.MEMBER, TokenScope.ADMIN, "POST", WRITE, 404),
        (Role.MEMBER, TokenScope.ADMIN, "PATCH", f"/api/projects/{NOBODY}", 403),
    ],
)
def test_a_tokens_scope_narrows_what_the_role_grants(program_of, role, scope, method, path, status):
    body = {"prompt_text": "x"} if method == "PATCH" else {}

    answer = program_of(role, scope=scope).send(method, path, json=None if method == "GET" else body)

    assert answer.status_code == status, answer.text


def test_a_refusal_for_the_scope_says_which_would_do(program_of):
    answer = program_of(Role.ADMIN, scope=TokenScope.READ).post(WRITE)

    assert "this needs “remediate”" in assert_problem(answer, 403)
    assert answer.json["scope"] == "remediate"
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge == 'Bearer realm="Operations Console", error="insufficient_scope", scope="remediate"'


def test_a_refusal_within_an_operation_says_which_scope_would_do(make, program_of):
    program = program_of(Role.ADMIN, scope=TokenScope.REMEDIATE)

    answer = program.post(
        f"/api/console/deploy/{make.session().id}", json={"hookUrl": "https://hooks.example.com/deploy/other-secret"}
    )

    assert_problem(answer, 403)
    assert answer.json["scope"] == "admin"


def test_a_refusal_for_the_role_asks_for_no_scope(program_of):
    answer = program_of(Role.VIEWER).post(WRITE)

    assert "scope" not in answer.json
    assert "WWW-Authenticate" not in answer.headers


def test_a_token_is_looked_up_once_in_a_request_and_together_with_its_person(db, connection, program_of):
    program = program_of(Role.VIEWER)
    the_token(db).last_used_at = datetime.now(UTC)
    db.flush()

    with counted(connection) as statements:
        program.get("/api/openapi.json")

    assert len([one for one in statements if "api_tokens" in one]) == 1
    assert not [one for one in statements if "FROM users" in one]


def test_the_last_use_of_a_token_is_kept_with_where_it_was(db, program_of):
    program = program_of(Role.VIEWER)

    program.get(READ)

    token = db.scalars(select(ApiToken).execution_options(populate_existing=True)).one()
    assert datetime.now(UTC) - token.last_used_at < timedelta(minutes=1)
    assert token.last_used_from == "127.0.0.1"


def test_the_last_use_is_written_once_a_minute_at_most(connection, program_of):
    program = program_of(Role.VIEWER)
    program.get(READ)

    with counted(connection) as statements:
        program.get(READ)

    assert not [one for one in statements if one.startswith("UPDATE api_tokens")]


def test_a_token_that_is_refused_leaves_no_use(db, program_of):
    program = program_of(Role.VIEWER)
    the_token(db).revoked_at = datetime.now(UTC)
    db.flush()

    program.get(READ)

    assert db.scalars(select(ApiToken.last_used_at)).one() is None
