"""A draft is its person's alone, and the wizard theirs who may run it."""

import pytest
from sqlalchemy import select

from models import AuditEvent, Project, Role
from tests.admin_views.wizard.conftest import ANSWERS, COLUMNS, STEPS, count, url
from tests.contents import everything


def test_a_visitor_is_sent_to_sign_in_and_comes_back(browser, complete):
    answer = browser.get(url(complete, "purpose"))

    assert answer.headers["Location"] == f"/login?next={url(complete, 'purpose')}"
    assert browser.post("/wizard/start").status_code == 401


def test_a_viewer_has_no_wizard(db, make, sign_in):
    viewer = sign_in(Role.VIEWER)
    session = make.session(user=viewer.user, survey={"template": "builtin:blank"}, **COLUMNS)

    answers = [viewer.get("/wizard/"), *(viewer.get(url(session, step)) for step in [*STEPS, "done"])]
    answers += [viewer.post(path) for path in ("/wizard/start", url(session, "purpose"), url(session, "finish"))]

    assert {answer.status_code for answer in answers} == {403}
    assert count(db, Project) == 0


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OPERATOR, Role.ADMIN])
def test_another_persons_draft_is_not_found(db, sign_in, complete, role):
    other = sign_in(role)
    before = everything(db)

    answers = [other.get(url(complete, step)) for step in [*STEPS, "done"]]
    answers += [other.post(url(complete, step), ANSWERS[step]) for step in ANSWERS]
    answers += [other.post(url(complete, act)) for act in ("finish", "again")]

    assert {answer.status_code for answer in answers} == {404}
    assert not [answer for answer in answers if "teapots" in answer.get_data(as_text=True)]
    assert set(db.scalars(select(AuditEvent.tag))) <= {"user:fail_access"}  # the trail tells of who tries
    assert everything(db) | {"audit_events": []} == before
