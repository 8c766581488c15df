"""JSON that another program stored, and that Python can't hold: one such record must take no list down."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from models import Role

ODD = {
    "nested 3,000 levels deep": '{"a":' * 3_000 + "1" + "}" * 3_000,
    "nested as deep as python just reads": '{"a":' * 900 + "1" + "}" * 900,
    "a number of 5,000 digits": f'{{"a": {"9" * 5_000}}}',
    "a number beyond a double": f'{{"a": {"9" * 400}.5}}',
}


@pytest.fixture(params=ODD.values(), ids=ODD)
def session(request, db, make):
    """A session with such a survey."""
    session = make.session()
    db.execute(
        text("UPDATE onboarding_sessions SET metadata = CAST(:odd AS jsonb) WHERE id = :id"),
        {"odd": request.param, "id": session.id},
    )
    db.flush()
    return session


def test_every_page_with_such_a_record_is_shown(sign_in, session):
    browser = sign_in(Role.ADMIN)

    for path in (
        "/admin/session/",
        "/admin/session/?columns=survey,status",
        "/admin/session/?flt0_survey_has=a",
        f"/admin/session/details/?id={session.id}",
        f"/admin/session/history/?id={session.id}",
        f"/console/sessions/{session.id}",
        f"/api/sessions/{session.id}",
        "/console/",
    ):
        assert browser.get(path, follow_redirects=True).status_code == 200, path


def test_such_a_record_is_in_every_file(sign_in, session):
    browser = sign_in(Role.ADMIN)

    for kind in ("csv", "jsonl"):
        assert str(session.id) in browser.get(f"/admin/session/export/{kind}/?fields=id,survey").text
    book = browser.get("/admin/session/export/xlsx/?fields=id,survey").data
    [_, row] = load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True)
    assert str(session.id) in row


def test_such_a_record_can_be_deleted_and_comes_back_to_the_last_digit(sign_in, db, session):
    browser = sign_in(Role.ADMIN)
    stored = db.scalar(text("SELECT CAST(metadata AS text) FROM onboarding_sessions"))

    answer = browser.post("/admin/session/delete/", {"id": str(session.id), "confirmed": "1"})
    assert answer.status_code in (302, 303)
    assert browser.get("/console/trash/").status_code == 200
    [trashed] = db.scalars(text("SELECT id FROM trashed_records")).all()
    browser.post(f"/console/trash/{trashed}/restore")

    assert db.scalar(text("SELECT CAST(metadata AS text) FROM onboarding_sessions")) == stored
