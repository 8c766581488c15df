"""Times that another program stored, and that Python has none for: one such record must take no list down."""

import re

import pytest
from sqlalchemy import text

from models import Role


@pytest.fixture(params=["infinity", "-infinity", "0044-03-15 BC", "20000-01-01"])
def session(request, db, make):
    """Records all of whose times are such."""
    session = make.session()
    make.deploy(session=session)
    for table, columns in (
        ("onboarding_sessions", ("created_at", "updated_at", "deploy_triggered_at")),
        ("deploys", ("created_at", "next_attempt_at")),
    ):
        for column in columns:
            db.execute(text(f"UPDATE {table} SET {column} = CAST(:odd AS timestamptz)"), {"odd": request.param})  # noqa: S608
    db.flush()
    return session


def test_every_page_with_such_a_record_is_shown(sign_in, session):
    browser = sign_in(Role.ADMIN)

    for path in (
        "/admin/session/?order=-deploy_triggered_at",
        "/admin/deploy/?order=next_attempt_at",
        f"/admin/session/details/?id={session.id}",
        f"/console/sessions/{session.id}",
        f"/api/sessions/{session.id}",
        "/admin/session/export/csv/?zone=Asia/Tokyo",
        "/admin/session/export/xlsx/?zone=America/New_York",
        "/console/",
    ):
        assert browser.get(path, follow_redirects=True).status_code == 200, path


def test_pages_go_on_behind_such_a_record(sign_in, db, make):
    sessions = [make.session() for _ in range(25)]
    db.execute(text("UPDATE onboarding_sessions SET deploy_triggered_at = 'infinity'"))
    browser = sign_in(Role.ADMIN)

    first = browser.get("/admin/session/?order=deploy_triggered_at&page_size=20").text
    [following] = re.findall(r'href="([^"]*)" rel="next"', first)
    second = browser.get(following.replace("&amp;", "&")).text

    found = [re.findall(r'data-row="session:([^"]*)"', page) for page in (first, second)]
    assert [len(rows) for rows in found] == [20, 5]
    assert {*found[0], *found[1]} == {str(session.id) for session in sessions}
