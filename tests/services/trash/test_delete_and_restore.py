"""Deleting into the trash and putting back: what was there is there again, whatever hung on it."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from models import (
    AuditEvent,
    Base,
    DeployStatus,
    OnboardingSession,
    Project,
    ProjectConfig,
    ProjectStatus,
    PromptTemplate,
    RecoveryItemStatus,
    Role,
    Room,
    SessionStatus,
    StatusChange,
    TrashedRecord,
)
from services import projects, trash, upkeep, waiting_sessions
from services.database import DbSession
from services.errors import ConflictError, ForbiddenError, NotFoundError
from services.permissions import Permission
from tests.at_once import at_once
from tests.conftest import NOW, actor_of
from tests.records import NOBODY, Records

LEDGERS = {"metric_deltas", "session_beginnings", "audit_events", "trashed_records", "live_notices"}


@pytest.fixture
def admin(make):
    return actor_of(make.user(role=Role.ADMIN))


def contents(db: DbSession, *, row: str = "t") -> dict[str, list[str]]:
    """Every table's rows as PostgreSQL writes them, with no text that waits to be indexed."""
    db.flush()
    waiting_sessions.enter(db)
    tables = [table.name for table in Base.metadata.sorted_tables if table.name not in LEDGERS]
    return {name: db.scalars(text(f"SELECT CAST({row} AS text) FROM {name} AS t ORDER BY 1")).all() for name in tables}  # noqa: S608


def totals(db: DbSession) -> list[tuple[object, ...]]:
    """The sums of the counter ledger, those of nothing left out."""
    upkeep.fold_metrics(db)
    statement = "SELECT metric, label, sum(delta) FROM metric_deltas GROUP BY 1, 2 HAVING sum(delta) <> 0 ORDER BY 1, 2"
    return [tuple(row) for row in db.execute(text(statement))]


def furnished_session(make):
    """A session on which something of every kind hangs."""
    template = make.template()
    session = make.session(
        status=SessionStatus.COMPLETED,
        recommend_template_id=template.id,
        survey={"a": [1, 2.50, None], "b": "ü\n"},
        vercel_hook_url="https://hooks.example.com/deploy/secret",
    )
    for status in (DeployStatus.SUCCEEDED, DeployStatus.DEAD_LETTERED):
        deploy = make.deploy(session=session, status=status)
        make.attempt(deploy=deploy)
        make.attempt(deploy=deploy, attempt_number=2, status_code=200)
    return session


def test_a_session_comes_back_as_it_was_with_all_that_went_with_it(db, make, admin):
    session = furnished_session(make)
    before, sums = contents(db), totals(db)

    trashed = trash.delete(db, OnboardingSession, session.id, actor=admin, now=NOW)
    gone = contents(db)
    trash.restore(db, trashed.id, actor=admin, now=NOW)

    assert (gone["onboarding_sessions"], gone["deploys"], gone["deploy_attempts"]) == ([], [], [])
    assert contents(db) == before
    assert totals(db) == sums
    assert db.scalars(select(TrashedRecord)).all() == []


def test_the_history_of_a_restored_record_is_its_own_and_is_counted_once(db, make, admin):
    project = make.project()
    projects.move(db, project.id, ProjectStatus.CODE_GENERATED, actor=admin, now=NOW)
    history, sums = db.scalars(select(StatusChange.id)).all(), totals(db)

    trashed = trash.delete(db, Project, project.id, actor=admin, now=NOW)
    trash.restore(db, trashed.id, actor=admin, now=NOW)
    make.project()

    assert len(db.scalars(select(StatusChange.id)).all()) == len(history) + 1
    assert [row for row in totals(db) if row[0] == "projects_reached"] == [
        (metric, label, count + (label in ("started", "prompt_ready")))
        for metric, label, count in sums
        if metric == "projects_reached"
    ]


def test_references_are_set_again_unless_somebody_set_others(db, make, admin):
    session, other = make.session(), make.session()
    kept, changed = (make.project(onboarding_session_id=session.id) for _ in range(2))

    trashed = trash.delete(db, OnboardingSession, session.id, actor=admin, now=NOW)
    db.expire_all()
    assert (kept.onboarding_session_id, changed.onboarding_session_id) == (None, None)
    changed.onboarding_session_id = other.id
    db.flush()
    trash.restore(db, trashed.id, actor=admin, now=NOW)
    db.expire_all()

    assert (kept.onboarding_session_id, changed.onboarding_session_id) == (session.id, other.id)


def test_a_json_null_is_not_taken_for_no_value(db, make, admin):
    config = make.config()
    db.execute(text("UPDATE project_configs SET env_config = 'null'"))
    before = contents(db)

    trashed = trash.delete(db, Project, config.project_id, actor=admin, now=NOW)
    trash.restore(db, trashed.id, actor=admin, now=NOW)

    assert contents(db) == before


def test_what_another_program_keeps_in_tables_of_its_own_is_kept_too(db, make, admin):
    db.execute(
        text(
            'CREATE TABLE "Odd notes" (id int GENERATED ALWAYS AS IDENTITY, "the\\: room" uuid NOT NULL'
            ' REFERENCES rooms (id) ON DELETE CASCADE, raw bytea, price numeric, span tstzrange, "parent" int)'
        )
    )
    room = make.room()
    db.execute(
        text(
            'INSERT INTO "Odd notes" ("the\\: room", raw, price, span) VALUES'
            " (:room, '\\x00ff', 1.500, '[2026-11-25 12:00:00.000001+00,)'), (:room, NULL, 'NaN', NULL)"
        ),
        {"room": room.id},
    )
    rows = db.scalars(text('SELECT CAST(n AS text) FROM "Odd notes" AS n ORDER BY id')).all()

    trashed = trash.delete(db, Room, room.id, actor=admin, now=NOW)
    assert db.scalars(text('SELECT 1 FROM "Odd notes"')).all() == []
    trash.restore(db, trashed.id, actor=admin, now=NOW)

    assert db.scalars(text('SELECT CAST(n AS text) FROM "Odd notes" AS n ORDER BY id')).all() == rows


def test_what_refers_to_a_record_without_going_along_keeps_it(db, make, admin):
    db.execute(text("CREATE TABLE notes (id int PRIMARY KEY, room_id uuid REFERENCES rooms (id))"))
    room = make.room()
    db.execute(text("INSERT INTO notes VALUES (1, :room), (2, :room)"), {"room": room.id})

    assert trash.preview(db, Room, room.id, actor=admin).why_not == (
        "This record can’t be deleted while others refer to it: 2 notes."
    )
    with pytest.raises(ConflictError, match="2 notes"):
        trash.delete(db, Room, room.id, actor=admin, now=NOW)
    assert db.scalars(select(AuditEvent)).all() == []


def test_a_preview_counts_what_would_go_and_what_would_lose_its_reference(db, make, admin):
    session = furnished_session(make)
    make.project(onboarding_session_id=session.id)

    preview = trash.preview(db, OnboardingSession, session.id, actor=admin)

    assert sorted(related.words for related in preview.goes) == ["2 deploys", "4 deploy attempts"]
    assert [related.words for related in preview.loses] == ["1 project"]
    assert (preview.title, preview.why_not) == ("A shop for teapots", None)


def test_a_session_is_kept_while_a_deploy_is_under_way_or_held_by_a_recovery(db, make, admin):
    live = make.deploy(status=DeployStatus.QUEUED)
    held = make.deploy()
    recovery = make.recovery(held)

    with pytest.raises(ConflictError, match="cancel it first"):
        trash.delete(db, OnboardingSession, live.session_id, actor=admin, now=NOW)
    with pytest.raises(ConflictError, match="recovery holds"):
        trash.delete(db, OnboardingSession, held.session_id, actor=admin, now=NOW)
    db.execute(text("UPDATE recovery_items SET status = :status"), {"status": RecoveryItemStatus.SKIPPED})
    trash.delete(db, OnboardingSession, held.session_id, actor=admin, now=NOW)

    assert recovery.id is not None


def test_a_taken_name_and_a_missing_parent_are_told_without_the_values(db, make, admin):
    config = make.config()
    project_id, config_id = config.project_id, config.id
    trashed = trash.delete(db, ProjectConfig, config_id, actor=admin, now=NOW, permission=Permission.EDIT_CONFIG)
    other = make.config(project=db.get(Project, project_id))

    with pytest.raises(ConflictError, match="another project config with the same project_id"):
        trash.restore(db, trashed.id, actor=admin, now=NOW)
    db.delete(other)
    trash.delete(db, Project, project_id, actor=admin, now=NOW)
    with pytest.raises(ConflictError, match="the project to which the project config belonged is gone"):
        trash.restore(db, trashed.id, actor=admin, now=NOW)


def test_a_record_is_restored_once_and_only_in_time(db, make, admin):
    rooms = [make.room(), make.room()]
    late, twice = (trash.delete(db, Room, room.id, actor=admin, now=NOW) for room in rooms)

    with pytest.raises(ConflictError, match="30 days"):
        trash.restore(db, late.id, actor=admin, now=NOW + trash.KEPT)
    trash.restore(db, twice.id, actor=admin, now=NOW)
    with pytest.raises(NotFoundError):
        trash.restore(db, twice.id, actor=admin, now=NOW)


def test_what_is_over_is_purged_and_what_is_not_is_kept(db, make, admin):
    old, new = make.room(), make.room()
    trash.delete(db, Room, old.id, actor=admin, now=NOW)
    kept = trash.delete(db, Room, new.id, actor=admin, now=NOW + timedelta(seconds=1))

    assert trash.purge(db, now=NOW + trash.KEPT) == 1
    assert db.scalars(select(TrashedRecord.id)).all() == [kept.id]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_who_may_not_delete_may_neither_restore_nor_see_what_was_deleted(db, make, admin, role):
    room = make.room()
    other = actor_of(make.user(role=role))
    with pytest.raises(ForbiddenError):
        trash.delete(db, Room, room.id, actor=other, now=NOW)
    trashed = trash.delete(db, Room, room.id, actor=admin, now=NOW)

    assert trash.newest(db, actor=other) == []
    with pytest.raises(NotFoundError):
        trash.restore(db, trashed.id, actor=other, now=NOW)


def test_deleting_and_restoring_are_audited_without_secrets(db, make, admin):
    session = furnished_session(make)
    trashed = trash.delete(db, OnboardingSession, session.id, actor=admin, now=NOW)
    trash.restore(db, trashed.id, actor=admin, now=NOW)

    deleted, restored = db.scalars(select(AuditEvent).order_by(AuditEvent.tag)).all()

    assert (deleted.tag, deleted.subject_id) == ("session:delete", session.id)
    assert deleted.before["purpose"] == "A shop for teapots"
    assert "secret" not in str(deleted.before)
    assert deleted.after == {"trashed_record_id": str(trashed.id), "rows": 7}
    assert (restored.tag, restored.subject_id) == ("session:restore", session.id)
    assert restored.after["rows"] == 7


def test_what_lies_in_the_trash_is_shown_masked(db, make, admin):
    session = furnished_session(make)
    trashed = trash.delete(db, OnboardingSession, session.id, actor=admin, now=NOW)

    assert trash.fields_of(trashed)["vercel_hook_url"] == "https://hooks.example.com/…"
    assert trash.fields_of(trashed)["metadata"] == '{"a": [1, 2.5, null], "b": "ü\\n"}'
    assert sorted(content.words for content in trash.contents_of(trashed)) == ["2 deploys", "4 deploy attempts"]


@settings(max_examples=10, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_deleting_and_restoring_anything_changes_no_table(db, make, data):
    with db.begin_nested() as outer:
        admin = actor_of(make.user(role=Role.ADMIN))
        target = random_graph(make, data)
        before, sums = contents(db, row=CONTENT), totals(db)

        trashed = trash.delete(db, type(target), target.id, actor=admin, now=NOW)
        trash.restore(db, trashed.id, actor=admin, now=NOW)

        assert contents(db, row=CONTENT) == before
        assert totals(db) == sums
        outer.rollback()


CONTENT = "to_jsonb(t) - 'updated_at'"
"""A row that lost a reference and has it again is a newer version of itself."""


def random_graph(make, data):
    """Some records that hang on one another, and one of them."""
    few = st.integers(0, 3)
    template = make.template(tags=data.draw(st.lists(st.sampled_from(["web", "a,b", '"', "{}", "ü"]), max_size=3)))
    sessions = [
        make.session(
            recommend_template_id=data.draw(st.sampled_from([None, template.id])),
            purpose=data.draw(st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\x00")))),
            status=data.draw(st.sampled_from(SessionStatus)),
        )
        for _ in range(1 + data.draw(few))
    ]
    deploys = [make.deploy(session=data.draw(st.sampled_from(sessions))) for _ in range(data.draw(few))]
    for deploy in deploys:
        for number in range(data.draw(few)):
            make.attempt(deploy=deploy, attempt_number=number + 1, duration_ms=data.draw(st.sampled_from([None, 5])))
    projects = [
        make.project(onboarding_session_id=data.draw(st.sampled_from([None, *(one.id for one in sessions)])))
        for _ in range(1 + data.draw(few))
    ]
    rooms = [make.room(project=data.draw(st.sampled_from(projects))) for _ in range(1 + data.draw(few))]
    make.config(project=projects[0], env_config={"A": "b"})
    return data.draw(st.sampled_from([template, *sessions, *projects, *rooms]))


def test_a_template_comes_back_to_the_sessions_that_chose_it(db, make, admin):
    template = make.template()
    session = make.session(recommend_template_id=template.id)

    trashed = trash.delete(db, PromptTemplate, template.id, actor=admin, now=NOW)
    db.refresh(session)
    assert session.recommend_template_id is None
    trash.restore(db, trashed.id, actor=admin, now=NOW)
    db.refresh(session)

    assert session.recommend_template_id == template.id
    with pytest.raises(NotFoundError):
        trash.delete(db, PromptTemplate, NOBODY, actor=admin, now=NOW)


def test_of_many_who_delete_or_restore_at_once_one_does(fresh_database_url, fresh_db):
    make = Records(fresh_db, NOW)
    admin, room_id = actor_of(make.user(role=Role.ADMIN)), make.room().id
    make.save()

    deleted = at_once(fresh_database_url, 4, lambda db: trash.delete(db, Room, room_id, actor=admin, now=NOW))
    [trashed_id] = fresh_db.scalars(select(TrashedRecord.id)).all()
    fresh_db.rollback()
    restored = at_once(fresh_database_url, 4, lambda db: trash.restore(db, trashed_id, actor=admin, now=NOW))

    assert Counter(deleted) == Counter(restored) == {None: 1, NotFoundError: 3}
    assert fresh_db.get(Room, room_id) is not None
