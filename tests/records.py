"""Makes records for tests: each with believable values, all of which can be set."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from models import (
    WAITING_STATUSES,
    BulkItem,
    BulkItemStatus,
    BulkJob,
    BulkJobStatus,
    Deploy,
    DeployAttempt,
    DeployStatus,
    DeployTrigger,
    FailureGroup,
    OnboardingSession,
    Project,
    ProjectConfig,
    PromptTemplate,
    Recovery,
    RecoveryItem,
    Role,
    Room,
    RoomParticipant,
    RoomState,
    SavedView,
    SessionStatus,
    SignIn,
    User,
)
from services.database import DbSession
from services.permissions import Actor
from tests.vaults import hooked

NOBODY = UUID("0b5e55ed-0000-4000-8000-000000000000")
"""An id that no record has, the same in every process, since test names hold it."""
HOOK = "https://hooks.example.com/deploy/0123456789abcdef"


class Records:
    """Adds records to the test's database and flushes them; commit with `save`."""

    def __init__(self, db: DbSession, now: datetime) -> None:
        self.db = db
        self.now = now
        self._numbers = count(1)
        self._flushes = True

    def save(self) -> None:
        """Commit what was made, so that the application sees it."""
        self.db.commit()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Flush what the block makes only at its end, which is quicker; ids that the block needs it has to give."""
        self._flushes = False
        try:
            yield
        finally:
            self._flushes = True
        self.db.flush()

    def user(self, *, role: Role | None = Role.MEMBER, **values: Any) -> User:
        number = next(self._numbers)
        defaults = {
            "email": f"person{number}-{uuid4().hex[:6]}@example.com",
            "name": f"Person {number}",
            "role": role,
            "active": role is not None,
            "fs_uniquifier": uuid4().hex,
        }
        return self._add(User(**defaults | values))

    def sign_in(self, user: User, **values: Any) -> SignIn:
        """A sign-in in use: requests go by the clock, whatever the test's own time is."""
        now = datetime.now(UTC)
        ends = {"expires_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=24)}
        defaults = {"user_id": user.id, "last_used_at": now, "origin": "127.0.0.1", "user_agent": "Tests", **ends}
        return self._add(SignIn(**defaults | values))

    def template(self, **values: Any) -> PromptTemplate:
        defaults = {"title": "A template", "content": "Build {purpose} for {audience}.", "tags": ["web"]}
        return self._add(PromptTemplate(**defaults | values))

    def session(self, *, user: User | None = None, **values: Any) -> OnboardingSession:
        user = user or self.user()
        defaults = {
            "user_id": user.id,
            "purpose": "A shop for teapots",
            "target_audience": "tea drinkers",
            "survey": {},
            "created_at": self.now,
            "updated_at": self.now,
        }
        if values.get("status") == SessionStatus.FAILED:
            defaults["deploy_response"] = {"status": 503, "ok": False, "body": "busy"}
        return self._add(OnboardingSession(**defaults | values))

    def project(self, *, owner: User | None = None, **values: Any) -> Project:
        owner = owner or self.user()
        defaults = {"owner_id": owner.id, "title": "Teapots", "stack": "Next.js", "updated_at": self.now}
        return self._add(Project(**defaults | values))

    def config(self, *, project: Project | None = None, **values: Any) -> ProjectConfig:
        project = project or self.project()
        return self._add(ProjectConfig(**{"project_id": project.id, "env_config": {}} | values))

    def room(self, *, project: Project | None = None, **values: Any) -> Room:
        project = project or self.project()
        room = self._add(Room(**{"project_id": project.id, "name": "Main room"} | values))
        self._add(RoomState(room_id=room.id, current_prompt_text="Build it well."))
        self._add(RoomParticipant(room_id=room.id, user_id=project.owner_id))
        return room

    def deploy(self, *, session: OnboardingSession | None = None, **values: Any) -> Deploy:
        session = session or self.session(status=SessionStatus.COMPLETED)
        defaults = {
            "session_id": session.id,
            "trigger": DeployTrigger.WIZARD,
            **hooked(values.pop("hook_url", HOOK)),
            "idempotency_key": f"deploy_{uuid4().hex}",
            "status": DeployStatus.DEAD_LETTERED,
            "created_at": self.now,
        }
        if values.get("status") in WAITING_STATUSES:
            defaults["next_attempt_at"] = self.now
        return self._add(Deploy(**defaults | values))

    def attempt(self, *, deploy: Deploy | None = None, **values: Any) -> DeployAttempt:
        deploy = deploy or self.deploy()
        defaults = {
            "deploy_id": deploy.id,
            "attempt_number": 1,
            "started_at": self.now,
            "duration_ms": 120,
            "status_code": 503,
            "response_excerpt": "<h1>Service unavailable</h1>",
        }
        return self._add(DeployAttempt(**defaults | values))

    def recovery(self, *deploys: Deploy, **values: Any) -> Recovery:
        """A recovery that runs, and holds the deploys."""
        defaults = {"selection": {"all": True}, "halt_share": 0.2, "actor": "ana@example.com", "total": len(deploys)}
        recovery = self._add(Recovery(**defaults | values))
        for position, deploy in enumerate(deploys, start=1):
            item = {"position": position, "host": deploy.host or "", "wave": 3}
            self._add(RecoveryItem(recovery_id=recovery.id, deploy_id=deploy.id, **item))
        return recovery

    def bulk_job(self, *deploys: Deploy, actor: Actor, status: BulkJobStatus = BulkJobStatus.RUNNING) -> BulkJob:
        """A job that cancels the deploys: the first is done, the second skipped, the third failed; or none is yet."""
        began = status is not BulkJobStatus.RUNNING
        values: dict[str, Any] = {"act": "deploy:cancel", "list_name": "Deploys", "list_url": "/admin/deploy/"}
        values |= {"actor": actor.name, "actor_id": actor.id, "created_at": self.now, "total": len(deploys)}
        if began:
            values |= {"done": 1, "skipped": 1, "failed": 1, "began_at": self.now, "moved_at": self.now}
            values |= {"ended_at": self.now, "status_reason": "Its person left." if status == "halted" else None}
        job = self._add(BulkJob(status=status, **values))
        outcomes = (("done", None), ("skipped", "It does not wait any more."), ("failed", "Something went wrong."))
        for position, (deploy, (outcome, why)) in enumerate(zip(deploys, outcomes, strict=False), start=1):
            item = {"status": BulkItemStatus(outcome), "reason": why, "ended_at": self.now} if began else {}
            self._add(BulkItem(job_id=job.id, position=position, record_id=str(deploy.id), **item))
        return job

    def failure_group(self, **values: Any) -> FailureGroup:
        defaults = {
            "fingerprint": f"1:{uuid4().hex[:24]}",
            "host": "hooks.example.com",
            "phase": "status",
            "status_code": 503,
            "shape": "upstream busy",
            "first_seen_at": self.now,
            "last_seen_at": self.now,
            "attempts": 1,
        }
        return self._add(FailureGroup(**defaults | values))

    def saved_view(self, *, owner: User | None = None, **values: Any) -> SavedView:
        defaults = {"endpoint": "session", "name": "Failed", "arguments": "flt0_status_equals=failed"}
        if "owner_id" not in values:
            defaults["owner_id"] = (owner or self.user()).id
        return self._add(SavedView(**defaults | values))

    def _add(self, record: Any) -> Any:
        self.db.add(record)
        if self._flushes:
            self.db.flush()
        return record
