"""A request is as large as a page of ours makes one, and no larger."""

import io

import pytest

from guards.shapes import ARGUMENTS, BODY, FIELDS
from models import Role

FORM = "application/x-www-form-urlencoded"


def test_more_fields_than_any_form_has_are_refused_before_they_are_taken_apart(sign_in):
    browser = sign_in(Role.MEMBER)

    answers = [
        browser.send("POST", "/console/preferences/", data="theme=dark" + "&a=1" * more, content_type=FORM)
        for more in (FIELDS - 1, FIELDS)
    ]

    assert [answer.status_code for answer in answers] == [303, 413]
    assert "more than 2,000 fields" in answers[1].text


def test_as_many_parts_are_refused(sign_in):
    parts = {f"a{number}": "1" for number in range(FIELDS + 1)}

    answer = sign_in(Role.MEMBER).post("/console/preferences/", parts, content_type="multipart/form-data")

    assert answer.status_code == 413


def test_more_arguments_than_any_address_has_are_refused(sign_in):
    browser = sign_in(Role.MEMBER)

    assert browser.get("/admin/session/?" + "&" * (ARGUMENTS - 1)).status_code == 200
    assert browser.get("/admin/session/?" + "&" * ARGUMENTS).status_code == 413


@pytest.mark.parametrize("path", ["/console/preferences/", "/login", "/admin/template/new/", "/nowhere"])
@pytest.mark.parametrize("name", ["x.txt", "../../etc/passwd", ""])
def test_files_are_not_taken(sign_in, path, name):
    form = {"theme": "dark", "file": (io.BytesIO(b"content"), name)}

    answer = sign_in(Role.ADMIN).post(path, form, content_type="multipart/form-data")

    assert answer.status_code == 415 if name else answer.status_code in (303, 200, 404, 415, 422, 302)


def test_the_api_takes_no_files_either(sign_in):
    form = {"file": (io.BytesIO(b"content"), "x.txt")}

    answer = sign_in(Role.ADMIN).send("POST", "/api/deliveries/pause", data=form, content_type="multipart/form-data")

    assert answer.status_code == 415
    assert answer.json["status"] == 415


@pytest.mark.parametrize("content_type", [FORM, "multipart/form-data; boundary=x", "application/json"])
@pytest.mark.parametrize("path", ["/console/preferences/", "/api/deliveries/pause", "/login"])
def test_more_bytes_than_a_request_may_have_are_refused(sign_in, path, content_type):
    answer = sign_in(Role.ADMIN).send("POST", path, data="a" * (BODY + 1), content_type=content_type)

    assert answer.status_code == 413


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, '{"reason":' + "[" * 5_000 + "]" * 5_000 + "}"])
def test_json_that_is_nested_without_end_is_refused(sign_in, body):
    answer = sign_in(Role.ADMIN).send("POST", "/api/deliveries/pause", data=body, content_type="application/json")

    assert answer.status_code in (400, 422)
