"""People who sign in: accounts, roles and access."""

import pytest
from sqlalchemy import func, select

from models import Export, Role, User
from services import users
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from services.permissions import WORKER
from tests.conftest import actor_of
from tests.trail import events


@pytest.fixture
def admin(make):
    return make.user(role=Role.ADMIN)


def create(db, **values):
    defaults = {"email": "ana@example.com", "name": "Ana", "role": Role.VIEWER, "password_hash": "hash"}
    return users.create_account(db, **defaults | values, actor=WORKER)


def test_an_account_is_made_ready_to_sign_in(db):
    user = create(db, email="  Ana@Example.com ")

    assert (user.email, user.role, user.password, user.active) == ("ana@example.com", Role.VIEWER, "hash", True)
    assert user.fs_uniquifier
    [event] = events(db)
    assert (event.tag, event.subject_id, event.before, event.after) == (
        "user:create",
        user.id,
        None,
        {"email": "ana@example.com", "name": "Ana", "role": "viewer", "active": True, "password": "•••"},
    )


def test_giving_an_existing_person_an_account_is_an_edit_with_all_that_changed(db, make):
    user = make.user(role=Role.VIEWER, name="Old", active=False, password="argon2-old")

    create(db, email=user.email, name="New", role=Role.OPERATOR, password_hash="argon2-new")

    [event] = events(db)
    assert (event.tag, event.subject_id) == ("user:edit", user.id)
    assert event.before == {"name": "Old", "role": "viewer", "active": False, "password": "•••"}
    assert event.after == {"name": "New", "role": "operator", "active": True, "password": "•••"}


def test_a_new_password_alone_is_all_that_the_trail_tells(db, make):
    user = make.user(role=Role.VIEWER, password="argon2-old")

    create(db, email=user.email, name=None, role=Role.VIEWER)

    [event] = events(db)
    assert (event.tag, event.before, event.after) == ("user:edit", {"password": "•••"}, {"password": "•••"})


def test_a_first_password_had_none_before_it(db, make):
    user = make.user(role=Role.VIEWER, password=None)

    create(db, email=user.email, name=None)

    [event] = events(db)
    assert (event.before, event.after) == ({"password": None}, {"password": "•••"})


@pytest.mark.parametrize("name", ["x" * 201, "a\x00b", "a\udc80b"])
def test_an_account_under_a_name_that_cannot_be_stored_is_refused(db, name):
    with pytest.raises(InvalidInputError) as refusal:
        create(db, name=name)

    assert refusal.value.field == "name"
    assert users.find_by_email(db, "ana@example.com") is None


def test_a_person_of_the_wizard_gets_access_without_losing_their_records(db, make):
    person = make.user(email="Ana@Example.com", name="Ana B.", role=None, fs_uniquifier=None)
    session = make.session(user=person)

    user = create(db, name=None)

    assert user.id == person.id == session.user_id
    assert (user.name, user.role, user.active) == ("Ana B.", Role.VIEWER, True)
    assert db.scalar(select(User.id).where(User.email.ilike("ana@example.com"))) == person.id


def test_a_new_password_ends_earlier_sign_ins(db):
    before = create(db).fs_uniquifier

    assert create(db, password_hash="another").fs_uniquifier != before


def test_no_hash_is_in_the_trail(db):
    create(db, password_hash="argon2-secret")
    create(db, password_hash="argon2-secret too")

    assert len(events(db)) == 2
    assert "argon2-secret" not in str([(event.before, event.after) for event in events(db)])


@pytest.mark.parametrize("email", ["ana@example.com", "ANA@example.COM", " ana@example.com\n"])
def test_a_person_is_found_by_address_in_any_case(db, make, email):
    user = make.user(email="Ana@example.com")

    assert users.find_by_email(db, email) is user


def test_nobody_is_found_by_a_part_of_an_address_or_a_pattern(db, make):
    make.user(email="ana@example.com")

    assert [users.find_by_email(db, text) for text in ("ana", "%", "", "ana@example.co_")] == [None] * 4


def test_an_edit_changes_only_what_it_names(db, make, admin):
    user = make.user(role=Role.VIEWER, name="Old")
    uniquifier = user.fs_uniquifier

    users.edit(db, user.id, {"name": "  New "}, actor=actor_of(admin))

    assert (user.name, user.role, user.active, user.fs_uniquifier) == ("New", Role.VIEWER, True, uniquifier)
    [event] = events(db)
    assert (event.before, event.after) == ({"name": "Old"}, {"name": "New"})


@pytest.mark.parametrize("fields", [{"role": "operator"}, {"role": None}, {"role": ""}, {"active": False}])
def test_a_change_of_access_ends_the_persons_sign_ins(db, make, admin, fields):
    user = make.user(role=Role.VIEWER)
    uniquifier = user.fs_uniquifier

    users.edit(db, user.id, fields, actor=actor_of(admin))

    assert user.fs_uniquifier != uniquifier


def test_an_edit_that_changes_nothing_leaves_no_trace(db, make, admin):
    user = make.user(role=Role.VIEWER, name="Same")
    uniquifier = user.fs_uniquifier

    users.edit(db, user.id, {"name": "Same", "role": "viewer", "active": True}, actor=actor_of(admin))

    assert user.fs_uniquifier == uniquifier
    assert events(db) == []


@pytest.mark.parametrize("fields", [{"role": "viewer"}, {"role": None}, {"active": False}])
def test_admins_cannot_take_their_own_access_away(db, admin, fields):
    with pytest.raises(ConflictError, match="your own access"):
        users.edit(db, admin.id, fields, actor=actor_of(admin))

    assert (admin.role, admin.active) == (Role.ADMIN, True)


def test_admins_may_rename_themselves(db, admin):
    users.edit(db, admin.id, {"name": "Ana", "role": "admin", "active": True}, actor=actor_of(admin))

    assert admin.name == "Ana"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_only_admins_edit_people_even_themselves(db, make, role):
    user = make.user(role=role)

    with pytest.raises(ForbiddenError):
        users.edit(db, user.id, {"role": "admin"}, actor=actor_of(user))

    assert user.role is role


def test_an_unknown_person_is_not_found(db, make, admin):
    with pytest.raises(NotFoundError):
        users.edit(db, make.template().id, {"name": "Nobody"}, actor=actor_of(admin))


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"role": "emperor"}, "role"), ({"name": "x" * 201}, "name"), ({"name": "a\x00b"}, "name")],
)
def test_a_value_that_cannot_be_used_names_its_field(db, make, admin, fields, field):
    user = make.user()

    with pytest.raises(InvalidInputError) as refusal:
        users.edit(db, user.id, fields, actor=actor_of(admin))

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("old", "new", "are_kept"),
    [
        (Role.ADMIN, Role.MEMBER, False),
        (Role.VIEWER, Role.MEMBER, False),
        (Role.MEMBER, None, False),
        (Role.VIEWER, Role.OPERATOR, True),
        (Role.MEMBER, Role.OPERATOR, True),
        (None, Role.MEMBER, True),
    ],
)
def test_files_go_with_the_role_that_showed_what_is_in_them(db, make, admin, old, new, are_kept):
    user = make.user(role=old)
    db.add(
        Export(owner_id=user.id, title="Users", address="/", format="csv", zone="UTC", fields=["email"], spec="signed")
    )
    db.flush()

    users.edit(db, user.id, {"name": "Ana"}, actor=actor_of(admin))
    assert db.scalar(select(func.count()).select_from(Export)) == 1
    users.edit(db, user.id, {"role": new}, actor=actor_of(admin))

    assert db.scalar(select(func.count()).select_from(Export)) == are_kept


def test_a_new_account_with_a_lesser_role_takes_a_persons_files_away(db, make):
    user = make.user(role=Role.ADMIN)
    db.add(
        Export(owner_id=user.id, title="Users", address="/", format="csv", zone="UTC", fields=["email"], spec="signed")
    )
    db.flush()

    create(db, email=user.email, role=Role.MEMBER)

    assert db.scalar(select(func.count()).select_from(Export)) == 0
