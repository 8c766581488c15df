"""Who hears of what: nobody without a sign-in, members of their own records, others of all that they may see."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text, update

from models import OnboardingSession, Role, SecondFactorRole, SignIn, User
from tests.api.conftest import assert_problem
from tests.api.events.conftest import write
from tests.client import signed_in
from tests.listening import PATH, Ear


def kinds(events):
    return [event.data["kind"] for event in events]


@contextmanager
def listening(place, user, sign_in, **known):
    """Somebody who listens in a browser, of whose sign-in its cookie may say more."""
    client = place.app.test_client()
    with client.session_transaction() as session:
        session.update(signed_in(user, sign_in) | known)
    with Ear(place.port, {"Cookie": f"session={client.get_cookie('session').value}"}) as ear:
        assert ear.response.status == 200, ear.response.status
        assert ear.hear().name == "ready"
        yield ear


def test_who_is_not_signed_in_or_has_no_role_hears_nothing(place, user_of):
    client = place.app.test_client()
    nobody = user_of(None).email

    assert_problem(client.get(PATH), 401)
    assert_problem(client.get(PATH, headers={"Authorization": "Bearer x"}), 401)
    assert_problem(client.get(PATH, headers=place.token(nobody)), 403)
    assert len(place.live) == 0


def test_a_member_hears_of_their_own_records_only_and_of_how_many_of_them(place, user_of, make):
    member, other = user_of(Role.MEMBER), user_of(Role.MEMBER)
    with place.listen(member.email) as ear:
        theirs = [make.session(user=other) for _ in range(3)]
        own = make.session(user=member)
        make.project(owner=other)
        make.attempt(deploy=make.deploy(session=theirs[0]))
        make.failure_group()
        make.recovery()
        make.save()
        make.attempt(deploy=make.deploy(session=own))
        make.room(project=make.project(owner=member))
        make.save()
        heard = [ear.hear() for _ in range(6)]

    assert heard[0].data == {"kind": "session", "op": "insert", "ids": [str(own.id)], "count": 1}
    assert sorted(kinds(heard)) == ["attempt", "deploy", "project", "room", "room_state", "session"]
    assert all(event.data["count"] == len(event.data["ids"]) == 1 for event in heard)


def test_a_member_is_counted_their_own_share_of_a_bulk_change(place, user_of, make):
    member, other = user_of(Role.MEMBER), user_of(Role.MEMBER)
    with place.listen(member.email) as ear:
        statement = "INSERT INTO onboarding_sessions (user_id) SELECT :user FROM generate_series(1, :count)"
        for person, count in [(other, 500), (member, 70), (other, 500)]:
            make.db.execute(text(statement), {"user": person.id, "count": count})
        make.save()
        inserted = ear.hear()
        write(make, "UPDATE onboarding_sessions SET purpose = 'x'")
        updated = ear.hear()

    assert (inserted.data["count"], len(inserted.data["ids"])) == (70, 50)
    assert (updated.data["op"], updated.data["count"]) == ("update", 70)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.ADMIN])
def test_who_may_see_failures_hears_of_them_and_of_recoveries(place, user_of, make, role):
    with place.listen(user_of(role).email) as ear:
        make.failure_group()
        make.recovery()
        make.save()

        assert kinds([ear.hear(), ear.hear()]) == ["failure_group", "recovery"]


def test_a_member_whose_records_are_deleted_with_what_belongs_to_them_is_told_to_look_anew(place, user_of, make):
    member = user_of(Role.MEMBER)
    deploy = make.deploy(session=make.session(user=member))
    make.save()
    with place.listen(member.email) as ear:
        write(make, "DELETE FROM onboarding_sessions WHERE id = :id", id=deploy.session_id)

        assert [event.name for event in (ear.hear(), ear.hear())] == ["resync", "change"]


def test_everybody_is_told_to_look_anew_when_a_table_is_emptied(place, user_of, operator, make):
    with place.listen(operator) as ear, place.listen(user_of(Role.MEMBER).email) as member:
        write(make, "TRUNCATE rooms CASCADE")

        assert ear.hear().name == member.hear().name == "resync"


@pytest.mark.parametrize(
    "change",
    [{"role": Role.VIEWER}, {"role": None}, {"active": False}],
    ids=lambda change: next(iter(change)),
)
def test_a_stream_ends_when_the_persons_role_or_access_does(place, user_of, operator, db, change):
    member = user_of(Role.MEMBER)
    with place.listen(member.email) as ear, place.listen(operator) as other:
        db.execute(update(User).where(User.id == member.id).values(**change))
        db.commit()

        assert ear.hear() is None
        db.add(OnboardingSession(user_id=member.id))
        db.commit()
        assert other.hear().data["kind"] == "session"


@pytest.mark.parametrize("end", ["ended_at", "expires_at"])
def test_a_stream_that_a_cookie_opened_ends_with_its_sign_in_and_no_other_does(place, user_of, make, db, end):
    user = user_of(Role.VIEWER)
    here, elsewhere = make.sign_in(user), make.sign_in(user)
    make.save()
    with listening(place, user, here) as ear, listening(place, user, elsewhere) as other:
        db.execute(update(SignIn).where(SignIn.id == here.id).values({end: datetime.now(UTC)}))
        db.commit()

        assert ear.hear() is None
        db.add(OnboardingSession(user_id=user.id))
        db.commit()
        assert other.hear().data["kind"] == "session"


def test_a_stream_ends_when_its_role_comes_to_need_a_second_factor_and_is_asked_for_it_at_the_door(
    place, user_of, make, db
):
    viewer = user_of(Role.VIEWER)
    sign_in = make.sign_in(viewer)
    make.save()
    with listening(place, viewer, sign_in) as ear, place.listen(viewer.email) as program:
        db.add(SecondFactorRole(role=Role.VIEWER))
        db.commit()

        assert ear.hear() is None
        db.add(OnboardingSession(user_id=viewer.id))
        db.commit()
        assert program.hear().data["kind"] == "session"
    with pytest.raises(AssertionError, match="403"), listening(place, viewer, sign_in):
        pytest.fail("Nobody let it past.")
    with listening(place, viewer, sign_in, second_factor=str(sign_in.id)) as ear:
        db.add(OnboardingSession(user_id=viewer.id))
        db.commit()
        assert ear.hear().data["kind"] == "session"


def test_a_deleted_persons_stream_ends(place, user_of, db):
    member = user_of(Role.MEMBER)
    with place.listen(member.email) as ear:
        db.delete(member)
        db.commit()

        assert ear.hear() is None
