"""A console that has been in use for a month: people of every role, and a record of every kind by name."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import Select, select

from app import create_app
from demo import people
from extensions import database, transaction
from models import (
    UNFINISHED_EXPORTS,
    AuditEvent,
    BulkJobStatus,
    Deploy,
    DeployAttempt,
    DeployStatus,
    Export,
    ExportStatus,
    FailureGroup,
    OnboardingSession,
    Project,
    ProjectConfig,
    ProjectStatus,
    PromptTemplate,
    RecoveryStatus,
    Room,
    SessionStatus,
    SignIn,
    User,
)
from people.cookies import Sessions
from services import drafts, seed, trash, view_pins
from services.database import DbSession
from services.deploys import switches
from services.permissions import Actor
from tests.browser.server import SECRET_KEY
from tests.client import signed_in
from tests.conftest import actor_of, settings_for
from tests.records import NOBODY, Records

PASSWORD = "the password of the browser tests"
SESSIONS = 300
NEWCOMER = "newcomer"
"""A member who has no records yet, and so sees every page as it is when there is nothing."""
ANSWERS = {
    "purpose": "A landing page for a bakery",
    "target_audience": "People who are hungry",
    "model_preference": "claude-sonnet",
    "hosting_target": "vercel",
    "api_provider": "none",
}


@dataclass
class House:
    """Who is there, and where what is."""

    database_url: str
    cookies: dict[str, str] = field(default_factory=dict)
    """The session cookie of each person, by role; `newcomer` is one more."""
    ids: dict[str, UUID | str] = field(default_factory=dict)
    """The id of a record of each kind, by a name; addresses in the tests have these names in braces."""


def furnish(database_url: str, hook_base: str) -> House:
    """Fill an empty database, the same way each time but for its times."""
    house, now = House(database_url), datetime.now(UTC)
    app = create_app(settings_for(database_url))
    with app.app_context():
        with transaction(people.DEMO) as db:
            _let_people_in(db, house, now)
        with transaction(people.DEMO) as db:
            _make_history(db, house, hook_base, now)
        database.engine.dispose()
    return house


def cookie_of(user: User, sign_in: SignIn) -> str:
    """The session cookie of somebody who has signed in."""
    app = Flask("cookies")
    app.secret_key = SECRET_KEY
    signer = Sessions().get_signing_serializer(app)
    assert signer is not None
    return str(signer.dumps(signed_in(user, sign_in)))


def _let_people_in(db: DbSession, house: House, now: datetime) -> None:
    by_name = {role.value: user for role, user in people.add_all(db, PASSWORD, now=now).items()}
    by_name[NEWCOMER] = Records(db, now).user(email="newcomer@example.com", name="Nina Newcomer")
    make = Records(db, now)
    house.cookies = {name: cookie_of(user, make.sign_in(user)) for name, user in by_name.items()}
    house.ids |= {f"{name}_id": user.id for name, user in by_name.items()}


def _make_history(db: DbSession, house: House, hook_base: str, now: datetime) -> None:
    admin = db.get_one(User, house.ids["admin_id"])
    favoured = [admin.id, db.get_one(User, house.ids["member_id"]).id]
    seed.load(db, sessions=SESSIONS, seed=1, now=now, hook_base=hook_base, favoured=favoured)
    house.ids |= _of_history(db) | _made_by_hand(db, actor_of(admin), now) | _saved(db, house, now) | {"nobody": NOBODY}


def _of_history(db: DbSession) -> dict[str, UUID | str]:
    """Records of the seeded month; the first by id of each kind, so that they are the same in each run."""

    def first(query: Select[tuple[UUID]]) -> UUID:
        return db.scalars(query.limit(1)).one()

    def deploy(status: DeployStatus) -> UUID:
        return first(select(Deploy.id).where(Deploy.status == status).order_by(Deploy.id))

    def session(status: SessionStatus) -> UUID:
        return first(select(OnboardingSession.id).filter_by(status=status).order_by(OnboardingSession.id))

    group = db.scalars(select(FailureGroup).order_by(FailureGroup.attempts.desc(), FailureGroup.id).limit(1)).one()
    configured = select(Project.id).where(Project.status == ProjectStatus.DEPLOY_CONFIGURED).order_by(Project.id)
    room = db.scalars(select(Room).order_by(Room.id).limit(1)).one()
    return {
        "draft": session(SessionStatus.DRAFT),
        "failed_session": session(SessionStatus.FAILED),
        "completed_session": session(SessionStatus.COMPLETED),
        "dead_deploy": deploy(DeployStatus.DEAD_LETTERED),
        "good_deploy": deploy(DeployStatus.SUCCEEDED),
        "live_deploy": first(select(Deploy.id).where(Deploy.next_attempt_at.is_not(None)).order_by(Deploy.id)),
        "project": first(configured),
        "room": room.id,
        "room_project": room.project_id,
        "config": first(select(ProjectConfig.id).order_by(ProjectConfig.id)),
        "template": first(select(PromptTemplate.id).order_by(PromptTemplate.id)),
        "attempt": first(select(DeployAttempt.id).filter_by(status_code=201).order_by(DeployAttempt.id)),
        "failed_attempt": first(select(DeployAttempt.id).filter_by(status_code=503).order_by(DeployAttempt.id)),
        "event": first(select(AuditEvent.id).order_by(AuditEvent.id)),
        "group": group.id,
        "fingerprint": group.fingerprint,
    }


def _saved(db: DbSession, house: House, now: datetime) -> dict[str, UUID | str]:
    """A view that the viewer saved and pinned."""
    viewer = db.get_one(User, house.ids["viewer_id"])
    gave_up = {"endpoint": "deploy", "name": "Gave up", "arguments": "flt0_status_equals=dead_lettered"}
    view = Records(db, now).saved_view(owner=viewer, **gave_up)
    view_pins.pin(db, view.id, actor=actor_of(viewer))
    return {"view": view.id}


def _made_by_hand(db: DbSession, admin: Actor, now: datetime) -> dict[str, UUID | str]:
    """What the seeded month lacks: a draft with all answers, an own session that ended, recoveries, a pause."""
    make = Records(db, now)
    draft = drafts.start(db, actor=admin, now=now, anew=True)
    drafts.save_step(db, draft.id, {**ANSWERS, "template": "builtin:web-launch"}, actor=admin)
    own = make.session(user=db.get_one(User, admin.id), status=SessionStatus.COMPLETED)
    make.project(owner=db.get_one(User, admin.id), onboarding_session_id=own.id)
    make.attempt(deploy=make.deploy(session=own), started_at=now - timedelta(minutes=5))
    dead = db.scalars(select(Deploy).filter_by(status=DeployStatus.DEAD_LETTERED).order_by(Deploy.id).limit(6)).all()
    running = make.recovery(*dead[:3], created_at=now)
    halted = make.recovery(*dead[3:], created_at=now, status=RecoveryStatus.HALTED, status_reason="12 of 20 failed.")
    _leave_files_and_trash(db, make, admin, now)
    jobs = [make.bulk_job(*dead[:3], actor=admin, status=status) for status in BulkJobStatus]
    switches.pause(db, host="hooks.example.com", reason="It is being moved.", actor=admin, now=now)
    return {
        "own_draft": draft.id,
        "own_session": own.id,
        "running_recovery": running.id,
        "halted_recovery": halted.id,
        "running_job": jobs[0].id,
        "done_job": jobs[-1].id,
    }


def _leave_files_and_trash(db: DbSession, make: Records, admin: Actor, now: datetime) -> None:
    """An export in each state, and a template that was deleted."""
    for status in ExportStatus:
        is_over = status not in UNFINISHED_EXPORTS
        db.add(
            Export(
                owner_id=admin.id,
                title="Deploys",
                address="/admin/deploy/",
                format="csv",
                zone="UTC",
                fields=["status"],
                spec="signed",
                status=status,
                reason="It had become too large." if status is ExportStatus.FAILED else None,
                rows=1_200,
                size=48_000,
                estimate=2_000,
                expires_at=now + timedelta(days=7) if is_over else None,
            )
        )
    trash.delete(db, PromptTemplate, make.template(title="Old offer").id, actor=admin, now=now)
