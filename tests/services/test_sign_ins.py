"""Sign-ins: how long they last, and who may end them."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import AuditEvent, Role, SignIn
from services import sign_ins
from services.errors import ForbiddenError, NotFoundError
from services.sign_ins import Lifetimes
from tests.conftest import actor_of

LIFETIMES = Lifetimes(idle=timedelta(hours=1), most=timedelta(hours=24))
NOW = datetime.now(UTC)


@pytest.fixture
def begin(db):
    def begin(user, now=NOW, **values):
        given = {"origin": "192.0.2.7", "user_agent": "Firefox/1 (Linux)"} | values
        return sign_ins.begin(db, user.id, **given, lifetimes=LIFETIMES, now=now)

    return begin


def live(db, user, now=NOW):
    return [sign_in.id for sign_in in sign_ins.live_of(db, user.id, actor=actor_of(user), now=now)]


def test_a_sign_in_ends_an_hour_after_its_last_use(db, make, begin):
    user = make.user()
    sign_in = begin(user)

    assert live(db, user, NOW + timedelta(minutes=59)) == [sign_in.id]
    assert live(db, user, NOW + timedelta(minutes=60)) == []
    assert sign_ins.why_ended(db, sign_in.id, now=NOW + timedelta(minutes=60)) == "idle"


def test_use_prolongs_it_and_no_use_beyond_its_whole_time(db, make, begin):
    user = make.user()
    sign_in = begin(user)
    for minutes in range(50, 24 * 60, 50):
        sign_ins.touch(db, sign_in.id, origin="192.0.2.8", lifetimes=LIFETIMES, now=NOW + timedelta(minutes=minutes))

    db.refresh(sign_in)
    assert sign_in.origin == "192.0.2.8"
    assert live(db, user, NOW + timedelta(hours=24, seconds=-1)) == [sign_in.id]
    assert live(db, user, NOW + timedelta(hours=24)) == []
    assert sign_ins.why_ended(db, sign_in.id, now=NOW + timedelta(hours=24)) == "over"


def test_use_is_written_once_a_minute_and_never_revives(db, make, begin):
    sign_in = begin(make.user())
    sign_ins.touch(db, sign_in.id, origin=None, lifetimes=LIFETIMES, now=NOW + timedelta(seconds=59))
    sign_ins.touch(db, sign_in.id, origin=None, lifetimes=LIFETIMES, now=NOW + timedelta(hours=2))

    db.refresh(sign_in)
    assert (sign_in.last_used_at, sign_in.expires_at) == (NOW, NOW + timedelta(hours=1))


def test_each_goes_by_random_bits_that_no_seed_gives(db, make, begin):
    user, ids = make.user(), set()
    for _ in range(2):
        random.seed(1)
        ids.add(begin(user).id)

    assert len(ids) == 2
    assert {one.version for one in ids} == {4}


def test_one_that_goes_by_another_id_goes_on_and_one_that_ended_does_not(db, make, begin):
    user = make.user()
    sign_in, ended = begin(user), begin(user)
    sign_ins.end(db, ended.id, actor=actor_of(user), now=NOW)

    renamed = sign_ins.rename(db, sign_in.id, now=NOW)

    assert live(db, user) == [renamed] != [sign_in.id]
    assert sign_ins.rename(db, ended.id, now=NOW) is None


def test_one_ends_alone_and_it_is_recorded(db, make, begin):
    user = make.user()
    kept, ended = begin(user), begin(user)

    sign_ins.end(db, ended.id, actor=actor_of(user), now=NOW)

    assert live(db, user) == [kept.id]
    assert sign_ins.why_ended(db, ended.id, now=NOW) == "ended"
    event = db.scalars(select(AuditEvent)).one()
    assert (event.tag, event.subject_id, event.actor_id) == ("user:end_sign_in", user.id, user.id)


def test_what_has_ended_is_not_ended_again(db, make, begin):
    user = make.user()
    sign_in = begin(user)
    sign_ins.end(db, sign_in.id, actor=actor_of(user), now=NOW)

    with pytest.raises(NotFoundError):
        sign_ins.end(db, sign_in.id, actor=actor_of(user), now=NOW)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_nobody_but_admins_sees_or_ends_anothers(db, make, begin, role):
    owner, other = make.user(), actor_of(make.user(role=role))
    sign_in = begin(owner)

    with pytest.raises(NotFoundError):
        sign_ins.end(db, sign_in.id, actor=other, now=NOW)
    with pytest.raises(ForbiddenError):
        sign_ins.live_of(db, owner.id, actor=other, now=NOW)
    with pytest.raises(ForbiddenError):
        sign_ins.end_all_of(db, owner.id, actor=other, now=NOW)
    assert live(db, owner) == [sign_in.id]


def test_ending_the_others_keeps_the_one_in_use(db, make, begin):
    user, other = make.user(), make.user()
    here, theirs = begin(user), begin(other)
    begin(user)
    begin(user)

    assert sign_ins.end_others(db, here.id, actor=actor_of(user), now=NOW) == 2

    assert (live(db, user), live(db, other)) == ([here.id], [theirs.id])


def test_an_admin_ends_all_of_a_person_and_what_their_cookies_named(db, make, begin):
    user, admin = make.user(), actor_of(make.user(role=Role.ADMIN))
    begin(user)
    begin(user)
    uniquifier = user.fs_uniquifier

    assert sign_ins.end_all_of(db, user.id, actor=admin, now=NOW) == 2

    assert live(db, user) == []
    assert user.fs_uniquifier != uniquifier


@pytest.mark.parametrize("said", [None, "", "\x00", "x" * 5_000, "\ud800"])
def test_any_browsers_name_can_be_kept(make, begin, said):
    kept = begin(make.user(), user_agent=said).user_agent

    assert kept is None or len(kept) == sign_ins.AGENT_LIMIT


def test_upkeep_forgets_them_a_week_after_they_ended(db, make, begin):
    user = make.user()
    old, newer = begin(user, now=NOW - timedelta(days=7, hours=2)), begin(user, now=NOW - timedelta(days=6))

    sign_ins.forget_old(db, now=NOW)

    assert db.scalars(select(SignIn.id).where(SignIn.id.in_([old.id, newer.id]))).all() == [newer.id]
    assert sign_ins.why_ended(db, old.id, now=NOW) == "unknown"
