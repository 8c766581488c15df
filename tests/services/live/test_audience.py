"""Who hears of which kinds follows from what roles may see."""

from uuid import UUID

import pytest

from models import Role
from services.errors import ForbiddenError
from services.live.audience import audience_of, authority_of
from services.live.notices import Kind
from services.permissions import Actor

RECORDS = {Kind.SESSION, Kind.PROJECT, Kind.DEPLOY, Kind.ATTEMPT, Kind.ROOM, Kind.ROOM_STATE}


def actor(role):
    return Actor(id=UUID(int=1), name="ana@example.com", role=role)


def test_a_member_hears_of_their_own_records_and_of_no_failures():
    audience = audience_of(actor(Role.MEMBER))

    assert (audience.all_of, audience.own_of) == (frozenset(), RECORDS | {Kind.BULK_JOB})
    assert audience.owner == str(UUID(int=1))


@pytest.mark.parametrize(("role", "own"), [(Role.VIEWER, set()), (Role.OPERATOR, {Kind.BULK_JOB}), (Role.ADMIN, set())])
def test_others_hear_of_all_records_and_admins_of_the_bulk_jobs_of_others_too(role, own):
    audience = audience_of(actor(role))

    assert audience.all_of == set(Kind) - (set() if role is Role.ADMIN else {Kind.BULK_JOB})
    assert audience.own_of == own


def test_without_a_role_nothing_is_heard():
    audience = audience_of(actor(None))

    assert (audience.all_of, audience.own_of) == (frozenset(), frozenset())


def test_nobody_in_particular_can_not_listen():
    with pytest.raises(ForbiddenError):
        authority_of(Actor(id=None, name="worker", role=Role.ADMIN), "")
