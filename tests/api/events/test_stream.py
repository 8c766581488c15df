"""The stream of events over a real server: what comes, and that it holds nothing and nobody up."""

import threading
from contextlib import ExitStack

from sqlalchemy import text, update

from extensions import database
from models import Deploy, Role
from services.live.hub import LISTENERS_OF_ONE
from tests.api.conftest import assert_problem
from tests.api.events.conftest import use, write
from tests.listening import PATH, Ear
from tests.workers import eventually


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


def test_only_get_opens_a_stream(place, operator):
    client, token = place.app.test_client(), place.token(operator)
    head = client.head(PATH, headers=token)

    assert (head.status_code, head.content_type, head.data) == (200, "text/event-stream", b"")
    assert_problem(client.post(PATH, headers=token), 405)
    assert_problem(client.get(f"{PATH}?since=1", headers=token), 422, field="since")
    assert len(place.live) == 0


def test_a_burst_becomes_few_events_that_say_how_much_it_was(place, url, operator, make):
    use(place, url, every=0.3)
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


def test_a_comment_comes_where_nothing_happens(place, operator):
    with place.listen(operator) as ear:
        assert ear.response.readline() == b":\n"


def test_a_kind_that_only_a_newer_console_knows_is_passed_over(place, operator, make):
    with place.listen(operator) as ear:
        write(make, "INSERT INTO live_notices (kind, op, ids, owners) VALUES ('rocket', 'insert', '{}', '{}')")
        session = make.session()
        make.save()

        assert ear.hear().data["ids"] == [str(session.id)]


def test_who_does_not_read_is_dropped_and_nobody_else_suffers(place, url, operator, make):
    use(place, url, stuck=2)
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


def test_pages_that_were_left_a_moment_ago_are_no_places_where_somebody_listens(place, operator):
    for _ in range(LISTENERS_OF_ONE + 5):
        place.listen(operator).close()

    with place.listen(operator) as ear:
        assert ear.response.status == 200


def test_where_too_many_listen_nobody_else_is_let_in(place, url, operator):
    use(place, url, most=2)
    with place.listen(operator), place.listen(operator):
        refusal = place.app.test_client().get(PATH, headers=place.token(operator))

        assert_problem(refusal, 503)
        assert int(refusal.headers["Retry-After"]) > 0


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
