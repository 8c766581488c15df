"""A sighting is one event for each person, record and hour, and none of one's own records."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import AuditEvent, Project, Role
from services import sightings
from tests.conftest import NOW, actor_of


@pytest.fixture
def viewer(make):
    return actor_of(make.user(role=Role.VIEWER))


def note(db, actor, project, at=NOW):
    sightings.note(db, actor, Project, project.id, request_id=None, now=at)


def seen(db):
    return db.scalars(select(AuditEvent.subject_id)).all()


def test_a_second_look_within_the_hour_is_no_second_event(db, make, viewer):
    project = make.project()

    note(db, viewer, project)
    note(db, viewer, project, at=NOW + timedelta(minutes=59))
    assert seen(db) == [project.id]

    note(db, viewer, project, at=NOW + timedelta(hours=1))
    assert seen(db) == [project.id, project.id]


def test_what_is_ones_own_or_nobodys_or_gone_leaves_none(db, make, viewer):
    mine, gone = make.project(owner_id=viewer.id), make.project()
    db.delete(gone)
    db.flush()

    note(db, viewer, mine)
    note(db, viewer, gone)

    assert seen(db) == []
