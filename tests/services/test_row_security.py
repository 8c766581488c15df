"""Row-level security: what the roles of the database reach, whatever a statement asks for."""

from contextlib import contextmanager

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from models import (
    AuditEvent,
    Base,
    BulkItem,
    BulkJob,
    Deploy,
    DeployAttempt,
    DeployStatus,
    DeployText,
    OnboardingSession,
    Project,
    ProjectConfig,
    Role,
    Room,
    RoomParticipant,
    RoomState,
    SavedView,
    SessionText,
    StatusChange,
    User,
)
from services import audit, database_roles, deploys, waiting_sessions
from services.database_roles import NOBODY, DatabaseRole, Standing, standing_of
from services.permissions import GRANTS, WORKER, Actor, Permission, Scope
from services.scopes import visible
from tests.conftest import NOW, actor_of
from tests.records import HOOK

OWNED = (OnboardingSession, Deploy, DeployAttempt, Project, ProjectConfig, Room, RoomState, RoomParticipant)
DERIVED = (SessionText, DeployText, StatusChange)
PERSONS = frozenset({"user_id", "owner_id", "actor_id", "admin_id"})
"""Columns that say whose a row is."""
NOT_ONES_OWN = {
    "delivery_pauses": "a switch for all",
    "hook_hosts": "a host is nobody's",
    "host_outcomes": "a host is nobody's",
    "metric_deltas": "sums over everybody's",
    "session_beginnings": "sums over everybody's",
    "prompt_templates": "offered to all",
    "sign_in_budgets": "digests that name nobody",
    "spent_challenges": "digests that name nobody",
    "second_factor_roles": "rules for roles",
    "audit_links": "digests",
    "audit_seals": "digests",
    "audit_purges": "counts",
    "audit_heads": "digests",
    "live_notices": "read by a role of its own",
    "live_horizons": "transactions",
}
"""Tables without policies, and why."""


@contextmanager
def standing(db, standing):
    """Be this meanwhile; what is done is taken back."""
    with db.begin_nested() as savepoint:
        database_roles.take(db, db.connection(), standing)
        yield
        db.flush()
        db.expire_all()
        savepoint.rollback()


@contextmanager
def acting(db, user):
    with standing(db, standing_of(actor_of(user))):
        yield


def system(role):
    return Standing(role, None, None, "system")


@pytest.fixture
def member(make):
    return make.user(role=Role.MEMBER)


@pytest.fixture
def other(make):
    return make.user(role=Role.MEMBER)


@pytest.fixture
def both(make, db, member, other):
    """One record of each kind that is the member's, and one that is another's."""
    for owner in (member, other):
        session, project = make.session(user=owner), make.project(owner=owner)
        deploy = make.deploy(session=session)
        make.config(project=project)
        make.room(project=project)
        make.attempt(deploy=deploy)
        make.bulk_job(deploy, actor=actor_of(owner))
        make.saved_view(owner=owner)
        audit.record(db, actor_of(owner), "session:start", session.id)
    waiting_sessions.enter(db)
    db.expire_all()


def count(db, model, *conditions):
    return db.scalar(select(func.count()).select_from(model).where(*conditions))


def test_every_table_that_names_a_person_or_refers_to_one_that_does_has_policies(db):
    tables = {table.name: table for table in Base.metadata.tables.values()}
    secured = set(db.scalars(text("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'")))
    with_policies = set(db.scalars(text("SELECT tablename FROM pg_policies")))

    assert secured == with_policies
    assert tables.keys() - secured == NOT_ONES_OWN.keys()
    for name in NOT_ONES_OWN:
        assert PERSONS.isdisjoint(tables[name].columns.keys()), name
        assert not {key.column.table.name for key in tables[name].foreign_keys} & secured, name


def test_a_table_that_no_model_knows_has_policies_too_where_it_names_a_person(db):
    named = text("SELECT DISTINCT table_name FROM information_schema.columns WHERE column_name = ANY(:names)")
    tables = {name for name in db.scalars(named, {"names": [*PERSONS]}) if not name.startswith("pg")}

    assert tables <= set(db.scalars(text("SELECT tablename FROM pg_policies")))


@pytest.mark.parametrize("role", Role)
def test_sql_and_python_agree_on_who_sees_what(db, both, make, member, role):
    user = member if role is Role.MEMBER else make.user(role=role)
    expected = {model: set(db.scalars(select(model.id).where(visible(model, actor_of(user))))) for model in OWNED}

    with acting(db, user):
        assert {model: set(db.scalars(select(model.id))) for model in OWNED} == expected
    assert all(expected.values())


@pytest.mark.parametrize("role", Role)
def test_sql_and_python_agree_on_bulk_jobs(db, both, make, member, role):
    user = member if role is Role.MEMBER else make.user(role=role)
    permission = Permission.SEE_BULK_JOBS
    seen = set(db.scalars(select(BulkJob.id).where(visible(BulkJob, actor_of(user), permission))))

    with acting(db, user):
        assert set(db.scalars(select(BulkJob.id))) == seen
        assert count(db, BulkItem) == len(seen)


def test_a_member_sees_what_is_derived_from_own_records_alone(db, both, member, make):
    everything = {model: count(db, model) for model in DERIVED}

    with acting(db, member):
        assert {model: count(db, model) * 2 for model in DERIVED} == everything
    with acting(db, make.user(role=Role.VIEWER)):
        assert {model: count(db, model) for model in DERIVED} == everything
    assert all(everything.values())


def test_whoever_is_not_known_sees_no_record(db, both):
    with standing(db, NOBODY):
        for model in (*OWNED, *DERIVED, AuditEvent, BulkJob, SavedView):
            refused = pytest.raises(ProgrammingError, match=f"permission denied for table {model.__tablename__}")
            with refused, db.begin_nested():
                db.execute(select(model)).all()


def test_a_member_sees_no_people_but_those_of_their_rooms_and_of_shared_views(db, both, member, other, make):
    host = make.user()
    make.saved_view(owner=host, is_shared=True)
    db.add(RoomParticipant(room_id=own_room(db, member), user_id=other.id))
    guest = other.id
    db.flush()

    with acting(db, member):
        assert set(db.scalars(select(User.id))) == {member.id, guest, host.id}


def own_room(db, member):
    return db.scalar(select(Room.id).join(Project, Project.id == Room.project_id).where(Project.owner_id == member.id))


def test_a_member_changes_no_foreign_row(db, both, member):
    models = (OnboardingSession, Deploy, Project, ProjectConfig, Room, RoomState, BulkJob, SavedView)
    own = {model: count(db, model) // 2 for model in models}

    with acting(db, member):
        for model in models:
            key = next(iter(model.__table__.primary_key)).name
            change = update(model).values({key: getattr(model, key)})
            assert db.execute(change.execution_options(synchronize_session=False)).rowcount == own[model], model


def test_a_member_gives_nobody_a_record_and_takes_nobodys(db, both, member, other):
    theirs, mine = other.id, member.id
    with acting(db, member), pytest.raises(ProgrammingError, match="row-level security"), db.begin_nested():
        db.execute(update(OnboardingSession).values(user_id=theirs))
    with acting(db, member), pytest.raises(ProgrammingError, match="row-level security"), db.begin_nested():
        db.execute(insert(Project).values(owner_id=theirs, title="Theirs"))
    with acting(db, member):
        taken = update(Project).where(Project.owner_id == theirs).values(owner_id=mine)
        assert db.execute(taken.execution_options(synchronize_session=False)).rowcount == 0


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_only_an_admin_deletes_records(db, both, make, role):
    with acting(db, make.user(role=role)):
        for model in (OnboardingSession, Project, Room, Deploy):
            with pytest.raises(ProgrammingError, match="permission denied"), db.begin_nested():
                db.execute(delete(model))


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OPERATOR])
def test_nobody_makes_themselves_an_admin(db, make, role):
    user = make.user(role=role)
    mine = user.id

    with acting(db, user), pytest.raises(ProgrammingError, match="permission denied"), db.begin_nested():
        db.execute(update(User).where(User.id == mine).values(role=Role.ADMIN))
    with acting(db, user):
        ended = update(User).values(fs_uniquifier="new").execution_options(synchronize_session=False)
        assert db.execute(ended).rowcount == 1


@pytest.mark.parametrize("role", DatabaseRole)
def test_no_role_is_more_than_it_says(db, role):
    attributes = "rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb, rolinherit, rolreplication"
    one = db.execute(text(f"SELECT {attributes} FROM pg_roles WHERE rolname = :role"), {"role": role}).one()  # noqa: S608
    owned = text("SELECT count(*) FROM pg_class WHERE relowner = :role ::regrole")
    memberships = text("SELECT count(*) FROM pg_auth_members WHERE member = :role ::regrole")

    assert not any(one)
    assert db.scalar(owned, {"role": role}) == 0
    assert db.scalar(memberships, {"role": role}) == 0


@pytest.mark.parametrize("role", DatabaseRole)
def test_no_role_alters_or_empties_a_table_or_turns_its_policies_off(db, role):
    may = text("SELECT has_table_privilege(:role, :table, 'TRUNCATE, REFERENCES, TRIGGER, MAINTAIN')")
    if db.scalar(text("SELECT current_setting('server_version_num')::int")) < 170_000:
        may = text("SELECT has_table_privilege(:role, :table, 'TRUNCATE, REFERENCES, TRIGGER')")
    tables = sorted(Base.metadata.tables)

    assert [table for table in tables if db.scalar(may, {"role": role, "table": table})] == []
    with standing(db, system(role)):
        for table in tables:
            for statement in (f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", f"DROP TABLE {table} CASCADE"):
                with pytest.raises(ProgrammingError, match=f"must be owner of table {table}"), db.begin_nested():
                    db.execute(text(statement))


@pytest.mark.parametrize("role", DatabaseRole)
def test_no_role_rewrites_history(db, role):
    rewrites = db.scalar(text("SELECT has_any_column_privilege(:role, 'audit_events', 'UPDATE')"), {"role": role})
    deletes = db.scalar(text("SELECT has_table_privilege(:role, 'audit_events', 'DELETE')"), {"role": role})

    assert not rewrites
    assert deletes == (role is DatabaseRole.UPKEEP)  # whose deletions triggers hold to retention


def test_nobody_writes_history_in_anothers_name(db, member, other):
    forged = actor_of(other)
    with acting(db, member), pytest.raises(ProgrammingError, match="row-level security"), db.begin_nested():
        audit.record(db, forged, "session:start", None)


def test_an_admin_who_acts_as_a_member_writes_history_under_their_own_name(db, member, make):
    admin = actor_of(make.user(role=Role.ADMIN))
    actor = Actor(id=member.id, name="both", role=Role.MEMBER, acting_by=admin)
    with standing(db, standing_of(actor)):
        audit.record(db, actor, "session:start", member.id)
        assert db.scalars(select(AuditEvent.actor_id)).all() == [admin.id]


def test_what_only_an_admin_may_delete_only_an_admin_sees_in_the_trash(db):
    policy = db.scalar(
        text("SELECT qual FROM pg_policies WHERE tablename = 'trashed_records' AND policyname = 'allowed'")
    )
    admins, operators = GRANTS[Role.ADMIN], GRANTS[Role.OPERATOR]
    deleting = {p for p in admins if p.startswith(("delete_", "edit_")) and p not in operators}

    assert all(admins[p] is Scope.ALL and p in policy for p in deleting)
    assert not any(p in policy for p in operators)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OPERATOR, Role.ADMIN])
def test_what_triggers_leave_is_left_whoever_writes(db, make, role):
    """The ledger, history, notices and texts of a session, a project and a deploy."""
    user = make.user(role=role)
    actor = actor_of(user)
    session = make.session(user=user, status="completed", vercel_hook_url=HOOK)
    session_id, mine = session.id, user.id

    with acting(db, user):
        made = OnboardingSession(user_id=mine, purpose="Another", survey={})
        project = Project(owner_id=mine, title="Mine")
        db.add_all([made, project])
        db.flush()
        project.status = "code_generated"
        made.purpose = "Something else"
        asked = deploys.request(db, session_id, trigger="operator", actor=actor, now=NOW, default_hook_url=None)
        db.flush()
        ids = {made.id, project.id}
        deploy_id = asked.id
        database_roles.take(db, db.connection(), standing_of(WORKER)._replace(role=DatabaseRole.WORKER))
        waiting_sessions.enter(db)
        assert set(db.scalars(select(StatusChange.subject_id).where(StatusChange.subject_id.in_(ids)))) == ids
        assert db.get(SessionText, made.id).text == "something else"
        assert db.get(DeployText, deploy_id) is not None


def test_a_member_retries_their_own_deploy(db, make, member):
    deploy = make.deploy(session=make.session(user=member, status="completed"))
    actor, deploy_id = actor_of(member), deploy.id

    with acting(db, member):
        assert deploys.retry(db, deploy_id, actor=actor, now=NOW).status is DeployStatus.QUEUED


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.ADMIN])
def test_whoever_sees_all_pays_for_no_condition(db, make, role):
    """The plan of a search, and of a page of a list, is the owner's."""
    queries = (
        "SELECT id FROM projects WHERE title ILIKE '%teapot%'",
        "SELECT session_id FROM session_texts WHERE text ILIKE '%teapot%'",
        "SELECT * FROM onboarding_sessions WHERE status = 'failed' ORDER BY updated_at DESC, id DESC LIMIT 50",
        "SELECT * FROM deploys ORDER BY created_at DESC, id DESC LIMIT 50",
        "SELECT a.* FROM deploy_attempts a JOIN deploys d ON d.id = a.deploy_id ORDER BY a.started_at DESC LIMIT 15",
    )
    db.execute(text("SET LOCAL enable_seqscan = off"))
    planned = [plan(db, query) for query in queries]

    with acting(db, make.user(role=role)):
        assert [plan(db, query) for query in queries] == planned
    assert "ix_projects_title_trigrams" in planned[0]


def plan(db, query):
    return "\n".join(db.scalars(text(f"EXPLAIN (COSTS OFF) {query}")))


def test_a_member_s_rows_are_found_by_whose_they_are(db, member):
    db.execute(text("SET LOCAL enable_seqscan = off"))

    with acting(db, member):
        assert "ix_onboarding_sessions_user_id_updated_at" in plan(db, "SELECT * FROM onboarding_sessions")
        assert "Index Cond: (session_id = ANY" in plan(db, "SELECT * FROM deploys")
