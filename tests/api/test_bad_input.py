"""Whatever is sent: the answer is a 4xx problem that says what is wrong, and nothing is changed."""

import json
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models import AuditEvent, Deploy
from tests.api.conftest import assert_described, assert_problem
from tests.records import NOBODY

DEEP = 10_000


@pytest.fixture
def project(make):
    return make.project(prompt_text="Old.")


@pytest.fixture
def patch(operator, project):
    """PATCHes the project with a raw body."""

    def patch(data, content_type="application/json", **arguments):
        return operator.patch(f"/api/projects/{project.id}", data=data, content_type=content_type, **arguments)

    return patch


@pytest.fixture(autouse=True)
def nothing_changed(db, project):
    """After each test: the project is as it was, and nobody did anything."""
    yield
    db.refresh(project)
    assert project.prompt_text == "Old."
    assert db.scalar(select(func.count()).select_from(AuditEvent)) == 0
    assert db.scalar(select(func.count()).select_from(Deploy)) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"{'status': 1}",
        b'{"status": }',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"prompt_text": "\\ud800"}',
        b'{"prompt_text": "\xed\xa0\x80"}',
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b'{"prompt_text": ' + b"9" * 100_000 + b"}",
        b'{"prompt_text": "x"} trailing',
        b" ",
    ],
)
def test_what_is_no_json_is_a_bad_request_that_says_where(patch, data):
    answer = patch(data)

    assert "not valid JSON" in assert_problem(answer, 400)
    assert_described(answer, "PATCH", "/api/projects/{project_id}")


@pytest.mark.parametrize("data", [b"[]", b'"text"', b"null", b"5", b"true", b"[{}]"])
def test_what_is_no_object_is_refused(patch, data):
    assert "must be a JSON object" in assert_problem(patch(data), 422)


@pytest.mark.parametrize(
    ("body", "field", "told"),
    [
        ({}, None, "at least one of status, prompt_text and config"),
        ({"reason": "Because."}, None, "at least one of"),
        ({"title": "x"}, "title", "no such field"),
        ({"prompt_text": "x", "updated_at": "2026-01-01"}, "updated_at", "no such field"),
        ({"status": "finished"}, "status", "'domain_ready'"),
        ({"status": None}, "status", "'domain_ready'"),
        ({"status": 3}, "status", "'domain_ready'"),
        ({"status": ["domain_ready"]}, "status", "'domain_ready'"),
        ({"status": "Code_Generated"}, "status", "'domain_ready'"),
        ({"prompt_text": 5}, "prompt_text", "string"),
        ({"prompt_text": {"a": 1}}, "prompt_text", "string"),
        ({"prompt_text": "x" * 20_001}, "prompt_text", "20000"),
        ({"prompt_text": "a\x00b"}, "prompt_text", "can't be stored"),
        ({"status": "code_generated", "reason": "a\x00b"}, "reason", "can't be stored"),
        ({"status": "code_generated", "reason": "x" * 201}, "reason", "200"),
        ({"config": None}, "config", "object"),
        ({"config": []}, "config", "object"),
        ({"config": {"owner": "x"}}, "config.owner", "no such field"),
        ({"config": {"env_config": None}}, "config.env_config", "object"),
        ({"config": {"env_config": {"A": 1}}}, "config.env_config.A", "string"),
        ({"config": {"env_config": {"A": {"B": "C"}}}}, "config.env_config.A", "string"),
        ({"config": {"env_config": {str(n): "" for n in range(201)}}}, "config.env_config", "200"),
        ({"config": {"env_config": {"A": "x" * 20_001}}}, "env_config", "20,000"),
        ({"config": {"env_config": {"A\x00": "x"}}}, "env_config", "can't be stored"),
        ({"config": {"env_config": {"A": "\x00"}}}, "env_config", "can't be stored"),
        ({"config": {"env_config": {" ": "x"}}}, "env_config", "needed"),
        ({"config": {"deployment_target": "mars"}}, "config.deployment_target", "'concept_aws'"),
        ({"config": {"repo_url": "\x00x"}}, "repo_url", "can't be stored"),
        ({"config": {"repo_url": "x" * 2_001}}, "config.repo_url", "2000"),
    ],
)
def test_a_field_that_cannot_be_used_is_named_with_what_is_wrong(patch, body, field, told):
    answer = patch(json.dumps(body))

    assert told in assert_problem(answer, 422, field=field)
    assert_described(answer, "PATCH", "/api/projects/{project_id}")


def test_a_fields_name_may_be_anything_and_does_no_harm(patch):
    answer = patch(json.dumps({"\x00\u202e\n" + "x" * 100_000: 1}))

    assert answer.status_code == 422
    assert len(answer.text) < 1_000


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"]
)
def test_a_body_of_another_type_is_refused_as_such(patch, content_type):
    answer = patch(b'{"prompt_text": "New."}', content_type=content_type)

    assert "application/json" in assert_problem(answer, 415)
    assert_described(answer, "PATCH", "/api/projects/{project_id}")


def test_a_body_that_is_too_large_is_refused(patch):
    assert_problem(patch(b'{"prompt_text": "' + b"x" * 1_000_001 + b'"}'), 413)


def test_a_body_in_chunks_that_is_too_large_is_refused_and_not_cut_off(operator, project):
    answer = operator.patch(
        f"/api/projects/{project.id}",
        input_stream=BytesIO(b'{"prompt_text": "New."}' + b" " * 1_000_001),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert_problem(answer, 413)


def test_a_change_without_a_body_is_refused(operator, project):
    assert_problem(operator.patch(f"/api/projects/{project.id}"), 422)


@pytest.mark.parametrize("body", [{"hookurl": "https://h.example/x"}, {"hook_url": "https://h.example/x"}, {"wait": 5}])
def test_a_deploys_body_has_one_field_only(make, admin, body):
    [field] = body

    assert_problem(admin.post(f"/api/console/deploy/{make.session().id}", json=body), 422, field=field)


@pytest.mark.parametrize("hook", [5, True, [], {}, "a\x00", "https://h.example/\ud800"])
def test_a_hook_is_a_text_that_is_a_url(make, admin, hook):
    answer = admin.post(f"/api/console/deploy/{make.session().id}", json={"hookUrl": hook})

    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("text", ["1", "no-id", "%00", "%ff", "-1", str(NOBODY)[:-1], "x" * 4000, "%2e%2e", "' OR 1=1"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/sessions/{}"),
        ("GET", "/api/projects/{}"),
        ("GET", "/api/deploys/{}"),
        ("POST", "/api/console/deploy/{}"),
        ("PATCH", "/api/projects/{}"),
    ],
)
def test_a_malformed_id_is_refused_as_such(admin, method, path, text):
    answer = admin.send(method, path.format(text), json={} if method != "GET" else None)

    assert answer.status_code == 422
    assert "is not an id" in answer.json["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api/console/summary", "GET"),
        ("GET", f"/api/console/deploy/{NOBODY}", "POST"),
        ("DELETE", f"/api/projects/{NOBODY}", "PATCH"),
        ("PUT", f"/api/projects/{NOBODY}", "PATCH"),
        ("TRACE", "/api/console/summary", "GET"),
        ("POST", "/healthz", "GET"),
        ("BREW", "/api/console/summary", "GET"),
    ],
)
def test_a_method_that_a_path_lacks_is_refused_with_those_that_it_has(admin, method, path, allowed):
    answer = admin.send(method, path)

    assert_problem(answer, 405)
    assert allowed in answer.headers["Allow"]


def test_options_tells_the_methods(admin):
    answer = admin.send("OPTIONS", f"/api/projects/{NOBODY}")

    assert answer.status_code == 200
    assert {"GET", "HEAD", "OPTIONS", "PATCH"} == set(answer.allow)


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/console/summary/", "/api/console/deploy/", "/api//x"])
def test_an_unknown_path_is_a_problem_and_not_a_page(admin, path):
    assert_problem(admin.get(path), 404)


@pytest.mark.parametrize("query", ["page=-1", "limit=99999999999999999999", "status=%00", "x=" + "y" * 5000])
def test_what_a_query_says_is_passed_over(admin, query):
    assert admin.get(f"/api/console/summary?{query}").status_code == 200


@pytest.mark.parametrize(("twice", "status"), [("limit=1&limit=none", 200), ("limit=none&limit=1", 422)])
def test_of_what_a_query_says_twice_the_first_counts(operator, twice, status):
    assert operator.get(f"/api/failure-groups?{twice}").status_code == status


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("deliveries", "start"),
        ("failure-groups", "host"),
        ("failure-groups", "cursor"),
        ("console/events", "last_event_id"),
    ],
)
def test_a_query_that_holds_what_no_database_can_is_refused_as_such(operator, path, name):
    answer = operator.get(f"/api/{path}?{name}=a%00b")

    assert "can't be stored" in assert_problem(answer, 422, field=name)
    assert_described(answer, "GET", f"/api/{path}")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(["status", "prompt_text", "config", "reason", "hookUrl", "extra"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(FIELDS, JSON, max_size=4) | JSON)
def test_no_json_whatever_breaks_anything(admin, body):
    """On records that don't exist, so that what happens to be well-formed is not found."""
    for method, path in (("PATCH", f"/api/projects/{NOBODY}"), ("POST", f"/api/console/deploy/{NOBODY}")):
        answer = admin.send(method, path, data=json.dumps(body), content_type="application/json")

        assert 400 <= answer.status_code < 500, answer.text
        assert answer.content_type == "application/problem+json"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), content_type=st.sampled_from(["application/json", "application/x+json", "text/x"]))
def test_no_bytes_whatever_break_anything(admin, data, content_type):
    answer = admin.patch(f"/api/projects/{NOBODY}", data=data, content_type=content_type)

    assert 400 <= answer.status_code < 500, answer.text
