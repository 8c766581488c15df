"""One transaction: all of it, or none."""

import pytest
from sqlalchemy import select

from extensions import transaction
from models import AuditEvent, Role
from services import audit
from services.errors import ConflictError
from tests.conftest import actor_of


def give_up(actor, error):
    with transaction(actor) as db:
        audit.record(db, actor, "session:start", None)
        raise error


@pytest.mark.parametrize("error", [ConflictError("Someone was faster."), RuntimeError(), KeyboardInterrupt()])
def test_what_is_given_up_is_not_written_with_what_the_same_request_does_next(app, db, make, error):
    actor = actor_of(make.user(role=Role.ADMIN))
    make.save()

    with app.test_request_context():
        with pytest.raises(type(error)):
            give_up(actor, error)
        with transaction(actor) as request_db:
            audit.record(request_db, actor, "session:answer", None)

    assert db.scalars(select(AuditEvent.tag)).all() == ["session:answer"]
