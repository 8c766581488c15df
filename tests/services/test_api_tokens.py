"""Tokens of programs: making, finding, noting their use, revoking."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models import ApiToken, Role, TokenScope
from services import api_tokens, sign_ins, token_texts, users
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from services.permissions import WORKER
from tests.conftest import NOW, actor_of
from tests.queries import counted
from tests.trail import events, tags


@pytest.fixture
def operator(make):
    return make.user(role=Role.OPERATOR)


@pytest.fixture
def admin(make):
    return make.user(role=Role.ADMIN)


def new(db, person, **values):
    defaults = {"name": "Nightly", "scope": "read", "days": 30, "actor": actor_of(person), "now": NOW}
    return api_tokens.make(db, person.id, **defaults | values)


def test_a_token_is_kept_as_its_hash_alone(db, operator):
    made = new(db, operator, scope="remediate", days=7)

    token = made.token
    assert token.token_hash == token_texts.hash_of(made.text)
    assert (token.name, token.scope, token.last_four) == ("Nightly", TokenScope.REMEDIATE, made.text[-4:])
    assert token.expires_at == NOW + timedelta(days=7)
    [event] = events(db)
    assert (event.tag, event.subject_id, event.actor) == ("api_token:create", token.id, operator.email)
    assert event.after["scope"] == "remediate"
    for secret in (made.text, token.token_hash):
        assert secret not in str(event.after)


def test_a_token_is_found_with_its_person(db, operator):
    made = new(db, operator)

    known = api_tokens.find(db, made.text)

    assert (known.id, known.user_id, known.role, known.is_active) == (made.token.id, operator.id, Role.OPERATOR, True)


def test_what_is_no_token_is_not_looked_for(db, connection):
    made = token_texts.new()
    with counted(connection) as statements:
        assert api_tokens.find(db, made[:-1] + ("a" if made[-1] != "a" else "b")) is None
        assert api_tokens.find(db, "ops_\x00") is None

    assert statements == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"scope": "everything"}, "scope"),
        ({"scope": "admin"}, "scope"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(db, operator, values, field):
    with pytest.raises(InvalidInputError) as refused:
        new(db, operator, **values)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (None, []),
        (Role.MEMBER, ["read", "remediate"]),
        (Role.VIEWER, ["read"]),
        (Role.OPERATOR, ["read", "remediate"]),
        (Role.ADMIN, ["read", "remediate", "admin"]),
    ],
)
def test_a_role_is_offered_the_scopes_that_open_something_more(role, scopes):
    assert list(api_tokens.scopes_for(role)) == scopes


def test_nobody_makes_a_token_for_somebody_else(db, operator, admin):
    with pytest.raises(ForbiddenError):
        new(db, operator, actor=actor_of(admin))


def test_a_form_that_is_sent_twice_makes_one_token(db, operator):
    new_id = uuid4()
    new(db, operator, token_id=new_id)

    with pytest.raises(ConflictError, match="sent before"):
        new(db, operator, token_id=new_id)

    assert len(db.scalars(select(ApiToken)).all()) == 1


def test_a_person_has_a_limited_number_of_tokens_at_a_time(db, operator, monkeypatch):
    monkeypatch.setattr(api_tokens, "LIVE_LIMIT", 1)
    first = new(db, operator)

    with pytest.raises(ConflictError, match="at a time"):
        new(db, operator)

    api_tokens.revoke(db, first.token.id, actor=actor_of(operator), now=NOW)
    new(db, operator)


def test_a_use_is_noted_once_a_minute_at_most(db, operator):
    token = new(db, operator).token

    for seconds, origin in ((0, "10.0.0.1"), (59, "10.0.0.2"), (61, "10.0.0.3")):
        api_tokens.note_use(db, token.id, origin=origin, now=NOW + timedelta(seconds=seconds))
        if seconds == 59:
            db.refresh(token)
            assert (token.last_used_at, token.last_used_from) == (NOW, "10.0.0.1")

    db.refresh(token)
    assert (token.last_used_at, token.last_used_from) == (NOW + timedelta(seconds=61), "10.0.0.3")


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_a_token_is_revoked_by_its_owner_and_by_admins(db, operator, admin, who):
    token = new(db, operator).token
    actor = actor_of(operator if who == "owner" else admin)

    api_tokens.revoke(db, token.id, actor=actor, now=NOW)

    db.refresh(token)
    assert (token.revoked_at, token.revoked_by) == (NOW, actor.name)
    assert tags(db)[-1] == "api_token:revoke"


def test_nobody_else_can_revoke_it_or_learn_that_it_is_there(db, make, operator):
    token = new(db, operator).token

    for stranger in (make.user(role=Role.OPERATOR), make.user(role=Role.VIEWER)):
        with pytest.raises(NotFoundError):
            api_tokens.revoke(db, token.id, actor=actor_of(stranger), now=NOW)
        assert api_tokens.of_person(db, operator.id, actor=actor_of(stranger)) == ()


def test_what_has_ended_is_not_revoked_again(db, operator):
    revoked, expired = new(db, operator).token, new(db, operator, days=7).token
    api_tokens.revoke(db, revoked.id, actor=actor_of(operator), now=NOW)

    with pytest.raises(ConflictError):
        api_tokens.revoke(db, revoked.id, actor=actor_of(operator), now=NOW)
    with pytest.raises(ConflictError):
        api_tokens.revoke(db, expired.id, actor=actor_of(operator), now=NOW + timedelta(days=7))


def test_all_tokens_of_a_person_end_at_once_and_each_end_is_in_the_trail(db, make, operator):
    mine, others = [new(db, operator).token for _ in range(2)], new(db, make.user(role=Role.VIEWER)).token

    assert api_tokens.revoke_all(db, operator.id, actor=actor_of(operator)) == 2

    for token in mine:
        db.refresh(token)
        assert token.revoked_at is not None
    assert others.is_live(NOW)
    assert tags(db).count("api_token:revoke") == 2


def test_whoever_may_not_sign_in_any_more_has_no_tokens_any_more(db, operator, admin):
    token = new(db, operator).token

    users.edit(db, operator.id, {"active": False}, actor=actor_of(admin))

    db.refresh(token)
    assert token.revoked_by == admin.email


def test_a_new_password_ends_no_token(db, operator):
    token = new(db, operator).token

    users.create_account(db, email=operator.email, name=None, role=Role.OPERATOR, password_hash="new", actor=WORKER)

    db.refresh(token)
    assert token.is_live(NOW)


def test_signing_out_everywhere_ends_all_tokens(db, operator):
    token = new(db, operator).token

    sign_ins.end_all_of(db, operator.id, actor=actor_of(operator), now=NOW)

    db.refresh(token)
    assert token.revoked_at is not None
