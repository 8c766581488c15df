"""A recovery as operators start it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import Role
from services.deploys import recovery
from services.deploys.limits import Limits
from services.deploys.recovery import Selection
from tests.conftest import NOW, actor_of


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.fixture
def clock():
    """Moments one after the other, five seconds apart."""
    moments = (NOW + timedelta(seconds=5 * number) for number in range(1, 10_000))
    return lambda: next(moments)


@pytest.fixture
def look(db, operator):
    """Previews a selection: `look(fingerprint="…")`."""

    def look(selection=None, **criteria):
        return recovery.preview(
            db, actor=operator, selection=selection or Selection(**criteria), limits=Limits(), now=NOW
        )

    return look


@pytest.fixture
def begin(db, operator):
    """Starts a recovery of all that matches: `begin(fingerprint="…", halt_share=0.5)`."""

    def begin(*, halt_share=0.2, as_of=None, **criteria):
        return recovery.start(
            db,
            actor=operator,
            selection=Selection(**criteria),
            as_of=as_of or db.scalar(select(func.clock_timestamp())),
            halt_share=halt_share,
            limits=Limits(),
            now=NOW,
        )

    return begin
