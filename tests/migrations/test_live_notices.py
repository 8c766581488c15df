"""What the database tells those who listen, whoever writes to it."""

from collections import Counter

from sqlalchemy import text

from models import Role
from services.live.changes import OWNER_LIMIT
from tests.conftest import NOW, actor_of
from tests.records import Records


def heard(listener):
    """What was told since, in its order, and what is not there left out."""
    told = listener.execute("DELETE FROM live_notices RETURNING at, to_jsonb(live_notices) - 'xid' - 'at'").fetchall()
    return [{name: value for name, value in notice.items() if value is not None} for _, notice in sorted(told, key=at)]


def at(row):
    return row[0]


def rows_of(notice):
    """Which records it names, and whose each is."""
    return dict(zip(notice["ids"], notice["owners"], strict=True))


def test_listeners_hear_what_changed_and_whose_it_is_once_it_is_committed(fresh_db, listener):
    session = Records(fresh_db, NOW).session()
    assert heard(listener) == []
    fresh_db.commit()

    assert heard(listener) == [
        {"kind": "session", "op": "insert", "ids": [str(session.id)], "owners": [str(session.user_id)]}
    ]


def test_each_record_is_told_as_its_owners(fresh_db, listener):
    make = Records(fresh_db, NOW)
    person = make.user()
    room = make.room(project=make.project(owner=person))
    attempt = make.attempt(deploy=make.deploy(session=make.session(user=person)))
    fresh_db.commit()

    told = {note["kind"]: rows_of(note) for note in heard(listener)}

    assert set(told) == {"session", "project", "deploy", "attempt", "room", "room_state"}
    assert {owner for rows in told.values() for owner in rows.values()} == {str(person.id)}
    assert list(told["attempt"]) == [str(attempt.id)]
    assert list(told["room"]) == [str(room.id)]


def test_what_belongs_to_nobody_is_told_as_nobodys(fresh_db, listener):
    make = Records(fresh_db, NOW)
    group, recovery = make.failure_group(), make.recovery()
    fresh_db.commit()
    fresh_db.delete(group)
    fresh_db.commit()

    assert [(note["kind"], note["op"], rows_of(note)) for note in heard(listener)] == [
        ("failure_group", "insert", {str(group.id): None}),
        ("recovery", "insert", {str(recovery.id): None}),
        ("failure_group", "delete", {str(group.id): None}),
    ]


def test_a_bulk_job_is_told_as_its_persons(fresh_db, listener):
    operator = actor_of(Records(fresh_db, NOW).user(role=Role.OPERATOR))
    job = Records(fresh_db, NOW).bulk_job(actor=operator)
    fresh_db.commit()
    job.done = 1
    fresh_db.commit()

    rows = {str(job.id): str(operator.id)}
    assert [(note["kind"], note["op"], rows_of(note)) for note in heard(listener)] == [
        ("bulk_job", "insert", rows),
        ("bulk_job", "update", rows),
    ]


def test_a_deleted_record_is_told_as_its_owners_and_what_went_with_it_as_nobodys(fresh_db, listener):
    make = Records(fresh_db, NOW)
    session = make.session()
    deploy = make.deploy(session=session)
    deploy_id, session_id, owner_id = str(deploy.id), str(session.id), str(session.user_id)
    fresh_db.commit()
    heard(listener)

    fresh_db.execute(text("DELETE FROM onboarding_sessions"))
    fresh_db.commit()

    told = {note["kind"]: rows_of(note) for note in heard(listener) if note["op"] == "delete"}
    assert told == {"session": {session_id: owner_id}, "deploy": {deploy_id: None}}


def test_what_is_truncated_is_told_without_ids(fresh_db, listener):
    fresh_db.execute(text("TRUNCATE rooms CASCADE"))
    fresh_db.commit()

    told = sorted(heard(listener), key=lambda note: note["kind"])
    assert told == [{"kind": "room", "op": "truncate"}, {"kind": "room_state", "op": "truncate"}]


def test_a_bulk_change_is_one_notice_of_few_ids_which_names_everyone_whose_it_is(fresh_db, listener):
    make = Records(fresh_db, NOW)
    with make.at_once():
        people = [make.user() for _ in range(400)]
    fresh_db.execute(
        text("INSERT INTO onboarding_sessions (user_id) SELECT id FROM users CROSS JOIN generate_series(1, 5)")
    )
    fresh_db.commit()

    [notice] = heard(listener)

    assert (len(notice["ids"]), notice["beyond"]) == (50, 1950)
    counts = Counter(notice["owners"])
    counts.update(notice["beyond_owners"])
    assert counts == {str(person.id): 5 for person in people}


def test_a_bulk_change_of_what_is_nobodys_names_no_owner(fresh_db, listener):
    make = Records(fresh_db, NOW)
    for number in range(51):
        make.failure_group(fingerprint=f"1:{number}")
    fresh_db.commit()
    heard(listener)
    fresh_db.execute(text("DELETE FROM failure_groups"))
    fresh_db.commit()

    [notice] = heard(listener)

    assert notice["owners"] == [None] * 50
    assert notice["beyond"] == 1
    assert "beyond_owners" not in notice


def test_more_owners_than_a_process_tells_apart_are_not_named(fresh_db, listener):
    fresh_db.execute(
        text("INSERT INTO users (email) SELECT n || '@example.com' FROM generate_series(1, :count) AS n"),
        {"count": OWNER_LIMIT + 100},
    )
    fresh_db.execute(text("INSERT INTO onboarding_sessions (user_id) SELECT id FROM users"))
    fresh_db.commit()

    [notice] = heard(listener)

    assert notice["beyond"] == OWNER_LIMIT + 50
    assert len(notice["beyond_owners"]) == OWNER_LIMIT + 1


def test_a_savepoints_notices_are_its_transactions_and_go_with_it(fresh_db, listener):
    make = Records(fresh_db, NOW)
    user = make.user()
    with fresh_db.begin_nested():
        kept = make.session(user=user)
    with fresh_db.begin_nested() as point:
        make.session(user=user)
        point.rollback()
    xid = fresh_db.scalar(text("SELECT pg_current_xact_id()::text"))
    fresh_db.commit()

    assert listener.execute("SELECT xid::text, ids::text[] FROM live_notices").fetchall() == [(xid, [str(kept.id)])]
