"""The stream of events over a real server: what comes, to whom, from where on, and when it ends."""

import os
import signal
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine, text, update

from app import create_app
from config import sqlalchemy_url
from extensions import database
from models import Deploy, OnboardingSession, Role, User
from services.database import DbSession
from services.live.hub import LISTENERS_OF_ONE
from services.live.live import Live
from services.live.source import NAME
from services.live.times import Times
from tests import databases
from tests.api.conftest import assert_problem
from tests.conftest import NOW, settings_for
from tests.listening import PATH, Ear, serving
from tests.records import Records
from tests.workers import eventually

QUICK = Times(settle=0, every=0.02, heartbeat=0.2, stuck=0.5, authority=0.1, tick=0.05, silence=0.5, reconnect=(0.05,))


@pytest.fixture(scope="module")
def url():
    """One database for all of this file, whose tests make their own people."""
    name = f"live_{uuid4().hex}"
    yield databases.create_database(name, databases.TEMPLATE)
    databases.drop_database(name)


@pytest.fixture(scope="module")
def server(url):
    with serving(create_app(settings_for(url))) as place:
        yield place


@pytest.fixture
def place(server, url):
    """The server, as if it had just begun."""
    use(server, url)
    yield server
    server.live.close()


def use(place, url, most=2_000, **changes):
    """Serve with other times, or for fewer listeners."""
    place.app.extensions["console_live"] = Live(url, replace(QUICK, **changes), most=most)


@pytest.fixture(scope="module")
def db(url):
    engine = create_engine(sqlalchemy_url(url))
    with DbSession(engine) as db:
        yield db
    engine.dispose()


@pytest.fixture
def make(db):
    return Records(db, NOW)


@pytest.fixture
def user_of(make):
    """Makes people: a new one of this role."""

    def user_of(role, **values):
        user = make.user(role=role, active=True, **values)
        make.save()
        return user

    return user_of


@pytest.fixture
def operator(user_of):
    return user_of(Role.OPERATOR).email


def write(make, statement, **values):
    make.db.execute(text(statement), values)
    make.save()


def kinds(events):
    return [event.data["kind"] for event in events]


def test_a_stream_begins_with_ready_and_is_neither_kept_nor_held_back(place, operator):
    with Ear(place.port, place.token(operator)) as ear:
        headers = ear.response.headers
        first = ear.response.readline()
        assert ear.hear().name == "ready"

    assert first == b"retry: 2000\n"
    assert (ear.response.status, headers["Content-Type"]) == (200, "text/event-stream")
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert headers["Content-Length"] is None


def test_a_commit_is_heard_of_as_the_ids_and_the_count_of_what_changed(place, operator, make):
    with place.listen(operator) as ear:
        deploy = make.deploy(session=make.session(user=make.user()))
        make.save()
        heard = [ear.hear() for _ in range(2)]
        make.db.execute(update(Deploy).where(Deploy.id == deploy.id).values(actor="ana@example.com"))
        make.save()
        later = ear.hear()

    assert [(event.name, event.data["kind"], event.data["op"]) for event in heard] == [
        ("change", "session", "insert"),
        ("change", "deploy", "insert"),
    ]
    assert later.data == {"kind": "deploy", "op": "update", "ids": [str(deploy.id)], "count": 1}


def test_a_cookie_opens_the_stream_too(place, user_of):
    user = user_of(Role.VIEWER)
    client = place.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = user.fs_uniquifier, True

    with Ear(place.port, {"Cookie": f"session={client.get_cookie('session').value}"}) as ear:
        assert ear.hear().name == "ready"


def test_who_is_not_signed_in_or_has_no_role_hears_nothing(place, user_of):
    client = place.app.test_client()
    nobody = user_of(None).email

    assert_problem(client.get(PATH), 401)
    assert_problem(client.get(PATH, headers={"Authorization": "Bearer x"}), 401)
    assert_problem(client.get(PATH, headers=place.token(nobody)), 403)
    assert len(place.live) == 0


def test_only_get_opens_a_stream(place, operator):
    client, token = place.app.test_client(), place.token(operator)
    head = client.head(PATH, headers=token)

    assert (head.status_code, head.content_type, head.data) == (200, "text/event-stream", b"")
    assert_problem(client.post(PATH, headers=token), 405)
    assert_problem(client.get(f"{PATH}?since=1", headers=token), 422, field="since")
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


def test_a_burst_becomes_few_events_that_say_how_much_it_was(place, url, operator, make):
    use(place, url, settle=0.3, every=0.3)
    user = make.user()
    make.save()
    with place.listen(operator) as ear:
        for _ in range(100):
            write(make, "INSERT INTO onboarding_sessions (user_id) VALUES (:user)", user=user.id)
        heard = []
        while sum(event.data["count"] for event in heard) < 100:
            heard.append(ear.hear())

    assert sum(event.data["count"] for event in heard) == 100
    assert len(heard) < 50
    assert all(len(event.data["ids"]) <= 50 for event in heard)


def test_who_comes_back_hears_what_they_missed_and_nothing_twice_while_others_write(place, operator, url, make):
    user = make.user()
    make.save()
    written = []

    def write_all():
        with psycopg.connect(url, autocommit=True) as connection:
            insert = "INSERT INTO onboarding_sessions (user_id) VALUES (%s) RETURNING id"
            for _ in range(150):
                written.extend(str(session_id) for (session_id,) in connection.execute(insert, [user.id]))
                time.sleep(0.004)

    heard, last_id = [], None
    with place.listen(operator):  # who stays, so that the database is listened to all the time
        writer = threading.Thread(target=write_all)
        with place.listen(operator) as ear:
            writer.start()
            event = ear.hear()
            heard, last_id = event.data["ids"], event.id
        while writer.is_alive() or len(heard) < len(written):
            with place.listen(operator, headers={"Last-Event-ID": last_id}) as ear:
                for _ in range(3):
                    if len(heard) == 150:
                        break
                    event = ear.hear()
                    assert event.name == "change"
                    heard, last_id = heard + event.data["ids"], event.id
        writer.join()

    assert heard == written


def test_what_ready_names_is_a_place_to_go_on_from_and_the_header_counts_before_the_query(place, operator, make):
    with place.listen(operator) as stays:
        with Ear(place.port, place.token(operator)) as ear:
            begin = ear.hear().id
        first = make.session(user=make.user())
        make.save()
        seen = stays.hear().id
        second = make.session(user=make.user())
        make.save()
        stays.hear()

        with place.listen(operator, last_event_id=begin) as ear:
            assert ear.ids(until=str(second.id)) == [str(first.id), str(second.id)]
        with place.listen(operator, last_event_id=begin, headers={"Last-Event-ID": seen}) as ear:
            assert ear.ids(until=str(second.id)) == [str(second.id)]


@pytest.mark.parametrize(
    "last_id", ["x", "-1", "0", "'; --", "%00", "\x00", "é", "a" * 4000, "1" * 400], ids=lambda text: repr(text[:9])
)
def test_who_comes_back_with_an_id_that_is_not_known_is_told_to_look_anew(place, operator, last_id, make):
    with place.listen(operator, last_event_id=last_id) as ear:
        again = ear.hear()
        session = make.session()
        make.save()

        assert again.name == "resync"
        assert again.data == {}
        assert ear.ids(until=str(session.id)) == [str(session.id)]


def test_an_id_of_another_process_or_of_long_ago_is_not_known(place, url, operator, make):
    with Ear(place.port, place.token(operator)) as ear:
        begin = ear.hear().id
    place.live.close()
    use(place, url)

    with place.listen(operator, last_event_id=begin) as ear:
        assert ear.hear().name == "resync"


def test_who_does_not_read_is_dropped_and_nobody_else_suffers(place, operator, make):
    user = make.user()
    write(make, "INSERT INTO onboarding_sessions (user_id) SELECT :user FROM generate_series(1, 60)", user=user.id)
    with place.listen(operator, receive_buffer=4096), place.listen(operator) as reader:
        hearing = threading.Thread(target=reader.hear_until, args=("resync",))
        hearing.start()

        def tell_more():
            write(make, "UPDATE onboarding_sessions SET purpose = 'x' WHERE user_id = :user", user=user.id)
            return len(place.live) == 1

        eventually(tell_more, within_s=30)
        write(make, "TRUNCATE rooms CASCADE")
        hearing.join(timeout=20)

    assert not hearing.is_alive()


def test_one_person_may_listen_in_so_many_places_and_no_more(place, operator, user_of):
    client = place.app.test_client()
    with ExitStack() as ears:
        for _ in range(LISTENERS_OF_ONE):
            ears.enter_context(place.listen(operator))
        refusal = client.get(PATH, headers=place.token(operator))

        assert "too many places" in assert_problem(refusal, 429)
        assert int(refusal.headers["Retry-After"]) > 0
        ears.enter_context(place.listen(user_of(Role.VIEWER).email))


def test_where_too_many_listen_nobody_else_is_let_in(place, url, operator):
    use(place, url, most=2)
    with place.listen(operator), place.listen(operator):
        refusal = place.app.test_client().get(PATH, headers=place.token(operator))

        assert_problem(refusal, 503)
        assert int(refusal.headers["Retry-After"]) > 0


def test_who_leaves_leaves_nothing_behind_and_with_the_last_the_connection_ends(place, url, operator, db):
    use(place, url, idle=0.2)
    ears = [place.listen(operator) for _ in range(5)]
    assert listening_pids(db)

    for ear in ears:
        ear.close()

    eventually(lambda: len(place.live) == 0)
    eventually(lambda: not listening_pids(db))
    with place.listen(operator):  # and whoever comes then is heard again
        assert listening_pids(db)


def listening_pids(db):
    """The server processes of connections that listen."""
    activity = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name"
    pids = list(db.scalars(text(activity), {"name": NAME}))
    db.commit()
    return pids


def test_listeners_hold_no_transaction_and_one_connection_together(place, user_of, db):
    people = [user_of(Role.VIEWER).email for _ in range(4)]
    with ExitStack() as ears:
        for number in range(40):
            ears.enter_context(place.listen(people[number % 4]))
        with place.app.app_context():
            held = database.engine.pool.checkedout()
        states = db.scalars(
            text("SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        ).all()

    assert held == 0
    assert "idle in transaction" not in states


def test_a_comment_comes_where_nothing_happens(place, operator):
    with place.listen(operator) as ear:
        assert ear.response.readline() == b":\n"


@pytest.mark.parametrize(
    "change",
    [{"role": Role.VIEWER}, {"role": None}, {"active": False}, {"fs_uniquifier": "renewed"}],
    ids=lambda change: next(iter(change)),
)
def test_a_stream_ends_when_the_persons_role_or_sign_in_does(place, user_of, operator, db, change):
    member = user_of(Role.MEMBER)
    with place.listen(member.email) as ear, place.listen(operator) as other:
        db.execute(update(User).where(User.id == member.id).values(**change))
        db.commit()

        assert ear.hear() is None
        db.add(OnboardingSession(user_id=member.id))
        db.commit()
        assert other.hear().data["kind"] == "session"


def test_a_deleted_persons_stream_ends(place, user_of, db):
    member = user_of(Role.MEMBER)
    with place.listen(member.email) as ear:
        db.delete(member)
        db.commit()

        assert ear.hear() is None


def test_a_stream_ends_after_its_time_and_goes_on_where_it_was(place, url, operator, make):
    use(place, url, lifetime=0.3)
    with Ear(place.port, place.token(operator)) as ear:
        last_id = ear.hear().id
        assert ear.hear() is None
    session = make.session()
    make.save()

    with place.listen(operator, last_event_id=last_id) as ear:
        assert ear.ids(until=str(session.id)) == [str(session.id)]


def test_when_the_connection_is_lost_everybody_is_told_to_look_anew_once_it_is_back(place, operator, db, make):
    with place.listen(operator) as ear:
        [pid] = listening_pids(db)
        db.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        db.commit()

        assert ear.hear().name == "resync"
        session = make.session()
        make.save()
        assert ear.ids(until=str(session.id)) == [str(session.id)]


def test_a_connection_on_which_the_database_no_longer_answers_is_replaced(place, operator, db, make):
    with place.listen(operator) as ear:
        [pid] = listening_pids(db)
        os.kill(pid, signal.SIGSTOP)
        try:
            again = ear.hear()
        finally:
            os.kill(pid, signal.SIGCONT)
        session = make.session()
        make.save()

        assert again.name == "resync"
        assert ear.ids(until=str(session.id)) == [str(session.id)]


@pytest.mark.parametrize("payload", ["", "x", "[]", '{"kind": "user", "op": "insert"}', '{"kind": "deploy"}'])
def test_what_others_say_on_the_channel_is_passed_over(place, operator, make, payload):
    with place.listen(operator) as ear:
        make.db.execute(text("SELECT pg_notify('console_events', :payload)"), {"payload": payload})
        session = make.session()
        make.save()

        assert ear.hear().data["ids"] == [str(session.id)]
