"""Who comes back goes on where they were, or is told to look at all anew, as all are where something was missed."""

import os
import signal
import threading
import time

import psycopg
import pytest
from sqlalchemy import text

from services.live.source import NAME
from tests.api.events.conftest import use
from tests.listening import Ear
from tests.workers import eventually


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
    "last_id", ["x", "-1", "0", "'; --", "%00", "é", "a" * 4000, "1" * 400], ids=lambda text: repr(text[:9])
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


def test_a_stream_ends_after_its_time_and_goes_on_where_it_was(place, url, operator, make):
    use(place, url, lifetime=0.3)
    with Ear(place.port, place.token(operator)) as ear:
        last_id = ear.hear().id
        assert ear.hear() is None
    session = make.session()
    make.save()

    with place.listen(operator, last_event_id=last_id) as ear:
        assert ear.ids(until=str(session.id)) == [str(session.id)]


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


def test_when_the_connection_is_lost_everybody_is_told_to_look_anew_once_it_is_back(place, operator, db, make):
    with place.listen(operator) as ear:
        [pid] = listening_pids(db)
        db.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        db.commit()

        assert ear.hear().name == "resync"
        session = make.session()
        make.save()
        assert ear.ids(until=str(session.id)) == [str(session.id)]


def test_a_connection_on_which_the_database_no_longer_answers_is_replaced(place, url, operator, db, make):
    use(place, url, silence=1)
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
