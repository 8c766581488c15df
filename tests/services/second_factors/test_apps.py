"""The authenticator app of a person."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import AuthenticatorApp, RecoveryCode, Role, SecondFactorRole, User
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from services.permissions import IN_PERSON, Permission
from services.second_factors import apps, recovery, sealing
from services.second_factors.tries import TooManyTriesError
from tests.conftest import NOW, actor_of
from tests.totp import code_at
from tests.trail import tags

SEAL = sealing.seal_of("a secret that only the tests know about")
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def ana(make):
    return make.user(role=Role.OPERATOR)


def set_up(db, person, *, now=NOW):
    """Sets an app up, and returns its key."""
    offered = apps.offer(SEAL, actor=actor_of(person), now=now)
    code = code_at(offered.key.base32, now)
    codes = apps.set_up(db, offered, code, seal=SEAL, actor=actor_of(person), now=now)
    return offered.key.base32, codes


def since(db, person):
    return db.scalar(select(User.second_factor_since).where(User.id == person.id))


def test_an_app_that_shows_the_right_code_is_set_up_and_brings_ten_recovery_codes(db, ana):
    _, codes = set_up(db, ana)

    assert len(set(codes)) == 10
    assert since(db, ana) == NOW
    assert tags(db)[-1] == "user:set_up_app"


def test_the_key_is_kept_encrypted_and_recovery_codes_as_digests(db, ana):
    key, codes = set_up(db, ana)

    app = db.scalars(select(AuthenticatorApp)).one()
    kept = db.scalars(select(RecoveryCode.digest)).all()
    assert key not in app.secret
    assert sealing.read(SEAL, app.secret, now=NOW) == {"key": key}
    assert sealing.read(sealing.seal_of("another secret, which is none of ours"), app.secret, now=NOW) is None
    assert len(kept) == 10
    assert not any(
        code.encode() in digest or code.replace("-", "").encode() in digest for code in codes for digest in kept
    )


def test_a_wrong_first_code_sets_nothing_up(db, ana):
    offered = apps.offer(SEAL, actor=actor_of(ana), now=NOW)

    with pytest.raises(InvalidInputError):
        apps.set_up(db, offered, "000000", seal=SEAL, actor=actor_of(ana), now=NOW - timedelta(days=9))

    assert since(db, ana) is None
    assert db.scalars(select(AuthenticatorApp)).all() == []


def test_what_was_offered_is_good_for_fifteen_minutes_and_for_nobody_else(make, ana):
    offered = apps.offer(SEAL, actor=actor_of(ana), now=NOW)

    def opened(person, after):
        return apps.open_offer(SEAL, offered.sealed, actor=actor_of(person), now=NOW + timedelta(minutes=after))

    assert opened(ana, 14) == offered
    assert opened(ana, 16) is None
    assert opened(make.user(), 1) is None
    assert apps.open_offer(SEAL, "garbage \ud800", actor=actor_of(ana), now=NOW) is None


def test_a_code_is_taken_once(db, ana):
    key, _ = set_up(db, ana)
    code = code_at(key, LATER)

    assert apps.take_code(db, ana.id, code, seal=SEAL, now=LATER)
    assert not apps.take_code(db, ana.id, code, seal=SEAL, now=LATER)
    assert apps.take_code(db, ana.id, code_at(key, LATER, steps=1), seal=SEAL, now=LATER)
    assert not apps.take_code(db, ana.id, code, seal=SEAL, now=LATER + timedelta(seconds=20))


def test_the_code_that_set_the_app_up_signs_nobody_in(db, ana):
    key, _ = set_up(db, ana)

    assert not apps.take_code(db, ana.id, code_at(key, NOW), seal=SEAL, now=NOW)


def test_nobody_has_a_code_without_an_app(db, ana):
    assert not apps.take_code(db, ana.id, "123456", seal=SEAL, now=NOW)


def test_another_persons_code_is_wrong(db, ana, make):
    set_up(db, ana)
    key, _ = set_up(db, make.user())

    assert not apps.take_code(db, ana.id, code_at(key, LATER), seal=SEAL, now=LATER)


def test_an_app_that_was_sealed_by_another_key_opens_nothing(db, ana):
    key, _ = set_up(db, ana)
    other = sealing.seal_of("the secret of the time after the change")

    assert not apps.take_code(db, ana.id, code_at(key, LATER), seal=other, now=LATER)


def test_five_wrong_codes_make_the_right_one_wait(db, ana):
    key, _ = set_up(db, ana)
    for _ in range(5):
        assert not apps.take_code(db, ana.id, "000000", seal=SEAL, now=NOW)

    with pytest.raises(TooManyTriesError, match="Wait 1 minute,"):
        apps.take_code(db, ana.id, code_at(key, NOW, steps=1), seal=SEAL, now=NOW)
    after = LATER + timedelta(seconds=1)
    assert apps.take_code(db, ana.id, code_at(key, after), seal=SEAL, now=after)


def test_setting_up_again_replaces_the_app_and_keeps_the_recovery_codes(db, ana):
    old, _ = set_up(db, ana)
    new, codes = set_up(db, ana, now=LATER)

    assert codes == []
    assert recovery.left(db, ana.id) == 10
    assert not apps.take_code(db, ana.id, code_at(old, LATER, steps=1), seal=SEAL, now=LATER)
    assert apps.take_code(db, ana.id, code_at(new, LATER, steps=1), seal=SEAL, now=LATER)
    assert since(db, ana) == NOW


def test_removing_the_app_removes_what_goes_with_it(db, ana):
    set_up(db, ana)

    apps.remove(db, actor=actor_of(ana), now=LATER)

    assert since(db, ana) is None
    assert recovery.left(db, ana.id) == 0
    assert tags(db)[-1] == "user:remove_app"
    with pytest.raises(NotFoundError):
        apps.remove(db, actor=actor_of(ana), now=LATER)


def test_the_only_one_is_not_removed_where_the_role_must_have_one(db, ana):
    set_up(db, ana)
    db.add(SecondFactorRole(role=Role.OPERATOR))
    db.flush()

    with pytest.raises(ConflictError, match="Add another one first"):
        apps.remove(db, actor=actor_of(ana), now=LATER)


def test_nobody_sets_one_up_while_acting_as_somebody(db, ana):
    acting = replace(actor_of(ana), only=frozenset(Permission) - IN_PERSON)
    offered = apps.offer(SEAL, actor=acting, now=NOW)

    with pytest.raises(ForbiddenError):
        apps.set_up(db, offered, code_at(offered.key.base32, NOW), seal=SEAL, actor=acting, now=NOW)
