"""Passkeys of people, with the answers of a real authenticator."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Passkey, Role, SecondFactorRole, SpentChallenge, User
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.second_factors import ceremonies, challenges, passkeys, sealing
from services.second_factors.ceremonies import Site
from services.second_factors.challenges import Purpose
from tests.authenticator import Authenticator
from tests.conftest import NOW, actor_of
from tests.trail import tags

SITE = Site("http://localhost", "localhost")
SEAL = sealing.seal_of("a secret that only the tests know about")


@pytest.fixture
def ana(make):
    return make.user(role=Role.OPERATOR)


def made(person, authenticator, challenge=None):
    """The key that the authenticator makes for the person."""
    challenge = challenge or ceremonies.new_challenge()
    options = ceremonies.ask_for_new(SITE, challenge, user_id=person.id, email=person.email, name=str(person), known=[])
    return ceremonies.read_new(SITE, challenge, authenticator.create(options))


def add(db, person, authenticator, name="Phone"):
    return passkeys.add(db, made(person, authenticator), name, actor=actor_of(person), now=NOW)


def answer(db, authenticator, *, challenge=None, user_id=None, site=SITE):
    challenge = challenge or ceremonies.new_challenge()
    credential = authenticator.get(ceremonies.ask_for(SITE, challenge, []))
    return passkeys.answer(db, site, challenge, credential, user_id=user_id, now=NOW)


def test_a_passkey_is_a_second_factor_and_says_whose_it_is(db, ana):
    device = Authenticator()
    added = add(db, ana, device, "  Ana’s phone ")

    assert answer(db, device).user_id == ana.id
    assert (added.name, added.transports, added.is_synced, added.last_used_at) == (
        "Ana’s phone",
        ["internal"],
        False,
        NOW,
    )
    assert db.scalar(select(User.second_factor_since).where(User.id == ana.id)) == NOW
    assert tags(db) == ["user:add_passkey"]


def test_devices_are_asked_to_recognise_the_person_and_told_what_they_hold(ana):
    known = [Passkey(credential_id=b"known", transports=["internal", "unheard of"])]
    options = ceremonies.ask_for_new(SITE, b"c", user_id=ana.id, email=ana.email, name="Ana", known=known)

    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["excludeCredentials"] == [{"id": "a25vd24", "transports": ["internal"], "type": "public-key"}]
    assert ceremonies.ask_for(SITE, b"c", [])["userVerification"] == "required"


@pytest.mark.parametrize(
    "device", [Authenticator(verifies=False), Authenticator("http://evil.example"), Authenticator("https://localhost")]
)
def test_a_key_that_was_made_elsewhere_or_for_an_unknown_person_is_refused(ana, device):
    with pytest.raises(InvalidInputError):
        made(ana, device)


def test_an_answer_from_another_site_is_refused(db, ana):
    device = Authenticator()
    add(db, ana, device)
    device.origin = "https://evil.example"

    with pytest.raises(InvalidInputError):
        answer(db, device)


def test_an_answer_without_having_recognised_the_person_is_refused(db, ana):
    device = Authenticator()
    add(db, ana, device)
    device.verifies = False

    with pytest.raises(InvalidInputError):
        answer(db, device)


def test_an_answer_to_another_challenge_is_refused(db, ana):
    device = Authenticator()
    add(db, ana, device)
    credential = device.get(ceremonies.ask_for(SITE, b"another challenge", []))

    with pytest.raises(InvalidInputError):
        passkeys.answer(db, SITE, b"the challenge", credential, user_id=None, now=NOW)


@pytest.mark.parametrize("counts", [True, False])
def test_an_answer_is_good_once(db, ana, counts):
    device = Authenticator(counts=counts)
    add(db, ana, device)
    challenge = ceremonies.new_challenge()
    credential = device.get(ceremonies.ask_for(SITE, challenge, []))
    passkeys.answer(db, SITE, challenge, credential, user_id=None, now=NOW)

    with pytest.raises(InvalidInputError):
        passkeys.answer(db, SITE, challenge, credential, user_id=None, now=NOW)


def test_a_copied_device_whose_count_lags_is_refused(db, ana):
    device = Authenticator()
    add(db, ana, device)
    answer(db, device)
    device.count = 0

    with pytest.raises(InvalidInputError):
        answer(db, device)


def test_another_persons_passkey_is_no_second_factor(db, ana, make):
    device = Authenticator()
    add(db, make.user(), device)

    with pytest.raises(InvalidInputError, match="does not open this account"):
        answer(db, device, user_id=ana.id)


def test_a_passkey_that_names_another_person_is_refused(db, ana, make):
    device = Authenticator()
    add(db, ana, device)
    device.handle = make.user().id.bytes

    with pytest.raises(InvalidInputError):
        answer(db, device)


def test_an_unknown_passkey_opens_nothing(db):
    device = Authenticator()
    device.handle = b"somebody"

    with pytest.raises(InvalidInputError):
        answer(db, device)


GARBAGE = [
    "",
    "null",
    "[]",
    "{}",
    "\x00",
    '{"id": 1}',
    json.dumps({"id": "a", "rawId": "a", "type": "public-key", "response": {}}),
    json.dumps(
        {"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "é", "attestationObject": "é"}}
    ),
    json.dumps(
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "AA",
                "attestationObject": "AA",
                "authenticatorData": "AA",
                "signature": "AA",
            },
        }
    ),
]


@pytest.mark.parametrize("credential", GARBAGE)
def test_garbage_is_refused(db, ana, credential):
    with pytest.raises(InvalidInputError):
        ceremonies.read_new(SITE, b"challenge", credential)
    with pytest.raises(InvalidInputError):
        passkeys.answer(db, SITE, b"challenge", credential, user_id=None, now=NOW)


def test_the_same_key_is_not_added_twice_and_no_name_is_empty(db, ana):
    device = Authenticator()
    add(db, ana, device)

    with pytest.raises(ConflictError):
        add(db, ana, device)
    with pytest.raises(InvalidInputError):
        add(db, ana, Authenticator(), "  ")


def test_twenty_are_the_most(db, ana):
    for _ in range(20):
        add(db, ana, Authenticator())

    with pytest.raises(ConflictError):
        add(db, ana, Authenticator())


def test_a_removed_passkey_opens_nothing(db, ana):
    device = Authenticator()
    added = add(db, ana, device)

    passkeys.remove(db, added.id, actor=actor_of(ana), now=NOW)

    with pytest.raises(InvalidInputError):
        answer(db, device)
    assert db.scalar(select(User.second_factor_since).where(User.id == ana.id)) is None
    assert tags(db)[-1] == "user:remove_passkey"


def test_nobody_removes_anothers(db, ana, make):
    added = add(db, ana, Authenticator())

    with pytest.raises(NotFoundError):
        passkeys.remove(db, added.id, actor=actor_of(make.user(role=Role.ADMIN)), now=NOW)


def test_the_only_one_is_not_removed_where_the_role_must_have_one(db, ana):
    added = add(db, ana, Authenticator())
    other = add(db, ana, Authenticator())
    db.add(SecondFactorRole(role=Role.OPERATOR))
    db.flush()

    passkeys.remove(db, other.id, actor=actor_of(ana), now=NOW)
    with pytest.raises(ConflictError):
        passkeys.remove(db, added.id, actor=actor_of(ana), now=NOW)


def test_a_challenge_is_good_for_five_minutes_for_one_purpose_and_one_person(ana, make):
    sealed = challenges.seal(SEAL, b"challenge", Purpose.ADD, user_id=ana.id, now=NOW)

    def opened(purpose=Purpose.ADD, user_id=ana.id, after=0):
        return challenges.unseal(SEAL, sealed, purpose, user_id=user_id, now=NOW + timedelta(minutes=after))

    assert opened(after=5) == b"challenge"
    for wrong in ({"after": 6}, {"purpose": Purpose.SIGN_IN}, {"user_id": make.user().id}, {"user_id": None}):
        with pytest.raises(InvalidInputError):
            opened(**wrong)


def test_spent_challenges_are_forgotten_once_they_would_have_run_out(db):
    challenges.spend(db, b"first", now=NOW)
    challenges.spend(db, b"second", now=NOW + timedelta(minutes=11))

    assert len(db.scalars(select(SpentChallenge)).all()) == 1


@pytest.mark.parametrize(
    ("host", "takes"),
    [("console.example.com", True), ("localhost", True), ("127.0.0.1", False), ("[::1]", False), ("10.0.0.8", False)],
)
def test_browsers_make_no_passkeys_for_bare_addresses(host, takes):
    assert Site(f"https://{host}", host).takes_passkeys is takes
