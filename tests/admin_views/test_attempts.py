"""The list of attempts."""

import pytest

from models import ErrorKind, Role
from tests.admin_views.pages import Page, csv_rows


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"status_code": 201}, "201"),
        ({"status_code": 503}, "503"),
        ({"status_code": None, "error_kind": ErrorKind.TIMEOUT}, "Timed out"),
        ({"status_code": None, "error_kind": None}, "No answer"),
        ({"status_code": None, "duration_ms": None}, "Under way"),
    ],
)
def test_an_outcome_is_a_code_or_the_reason_why_there_is_none(sign_in, make, values, shown):
    make.attempt(**values)

    assert Page(sign_in(Role.VIEWER).get("/admin/attempt/")).column("ok") == [shown]


def test_what_a_hook_answered_is_text_and_never_markup(sign_in, make):
    attempt = make.attempt(response_excerpt="<script>alert(1)</script>\nsecond line")
    browser = sign_in(Role.VIEWER)

    for path in ("/admin/attempt/", f"/console/attempts/{attempt.id}"):
        html = browser.get(path).text
        assert "<script>alert(1)" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_failed_attempts_can_be_filtered_and_exported(sign_in, make):
    failed = make.attempt(status_code=503)
    make.attempt(status_code=200)
    browser = sign_in(Role.VIEWER)

    assert Page(browser.get("/admin/attempt/?flt0_outcome_equals=0")).count == 1
    [row] = csv_rows(browser.get("/admin/attempt/export/csv/?flt0_code_greater_than=399"))
    assert row["Id"] == str(failed.id)


def test_a_member_sees_the_attempts_of_own_sessions_only(sign_in, make):
    member = make.user(role=Role.MEMBER)
    own = make.attempt(deploy=make.deploy(session=make.session(user=member)))
    other = make.attempt()
    browser = sign_in(user=member)

    assert Page(browser.get("/admin/attempt/")).count == 1
    assert browser.get(f"/admin/attempt/details/?id={own.id}").status_code == 302
    assert browser.get(f"/admin/attempt/details/?id={other.id}").status_code == 404
