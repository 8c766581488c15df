"""The history of a session is whole from its first moment, whether or not the worker has entered it."""

import pytest
from sqlalchemy import select

from models import Role, SubjectKind
from services import audit, database_roles, status_history, timeline, waiting_sessions
from services.database_roles import standing_of
from tests.conftest import NOW, actor_of


def told(db, *subjects):
    history = status_history.of([subject.id for subject in subjects])
    changes = db.scalars(select(history).order_by(history.at, history.to_status)).all()
    return [(change.subject_kind, change.subject_id, change.from_status, change.to_status) for change in changes]


@pytest.mark.parametrize("is_entered", [False, True], ids=["waiting", "entered"])
def test_a_first_status_is_told_once_before_and_after_it_is_entered(db, make, is_entered):
    ana, other = actor_of(make.user(role=Role.ADMIN)), make.session()
    audit.act_as(db, ana)
    session = make.session(created_at=NOW)
    if is_entered:
        waiting_sessions.enter(db)
    session.status = "completed"
    db.flush()
    db.expire_all()

    assert told(db, session) == [
        (SubjectKind.SESSION, session.id, None, "draft"),
        (SubjectKind.SESSION, session.id, "draft", "completed"),
    ]
    assert told(db, other) == [(SubjectKind.SESSION, other.id, None, "draft")]
    begun = timeline.of_session(db, session.id, actor=ana)[-1]
    assert (begun.at, begun.actor, begun.kind) == (NOW, ana.name, "status")


def test_a_member_is_told_of_no_other_person_s_session_that_waits(db, make):
    member = make.user(role=Role.MEMBER)
    own, other = make.session(user=member), make.session()

    with db.begin_nested() as savepoint:
        database_roles.take(db, db.connection(), standing_of(actor_of(member)))
        ids = [subject_id for _, subject_id, _, _ in told(db, own, other)]
        savepoint.rollback()

    assert ids == [own.id]
