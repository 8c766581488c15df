"""A console whose every field that anyone can write holds the same hostile text."""

from datetime import timedelta
from uuid import UUID

from models import (
    Acting,
    AuditEvent,
    BulkJobStatus,
    DeliveryPause,
    Deploy,
    DeployStatus,
    ErrorKind,
    Export,
    ExportStatus,
    FailureGroupStatus,
    Passkey,
    ProjectStatus,
    PromptTemplate,
    RecoveryStatus,
    Role,
    SessionStatus,
    StatusChange,
    SubjectKind,
    User,
)
from services import trash, view_pins
from services.permissions import Actor
from tests.conftest import actor_of
from tests.records import NOBODY, Records
from tests.tokens import add_token

FINGERPRINT = "1:tainted"


def taint(make: Records, text: str, admin: User) -> dict[str, UUID | str]:
    """Make a record of each kind, the admin's where they belong to somebody; their ids, as `House.ids` names them."""
    db, now = make.db, make.now
    admin.name = text
    with make.at_once():
        person = make.user(role=Role.OPERATOR, name=text, email=f"{text.replace(' ', '')}@example.com")
        template = make.template(title=text, description=text, content=text, tags=[text])
    group = make.failure_group(fingerprint=FINGERPRINT, shape=text, status_by=text, last_seen_at=now)
    make.failure_group(shape=text, host=text, status=FailureGroupStatus.RESOLVED, status_by=text, status_at=now)
    ids = _sessions(make, text, admin) | _projects(make, text, admin)
    deploys = [db.get_one(Deploy, ids[name]) for name in ("dead_deploy", "other_dead_deploy", "third_dead_deploy")]
    ids |= _recoveries(make, text, deploys) | _of_people(make, text, admin, person)
    job, over = (
        make.bulk_job(*deploys, actor=actor_of(admin), status=status)
        for status in (BulkJobStatus.RUNNING, BulkJobStatus.HALTED)
    )
    for one in (job, over):
        one.list_name, one.actor, one.status_reason, one.list_url = text, text, text, f"/admin/deploy/?search={text}"
    db.add(DeliveryPause(host="hooks.example.com", paused_at=now, paused_by=text, reason=text))
    view = make.saved_view(owner=admin, name=text, arguments=f"search={text}", endpoint="deploy")
    view_pins.pin(db, view.id, actor=actor_of(admin))
    db.flush()
    return ids | {
        "running_job": job.id,
        "done_job": over.id,
        "view": view.id,
        "template": template.id,
        "group": group.id,
        "fingerprint": FINGERPRINT,
        "operator_id": person.id,
        "admin_id": admin.id,
        "nobody": NOBODY,
    }


def _sessions(make: Records, text: str, admin: User) -> dict[str, UUID | str]:
    """Sessions in each status, and deploys and attempts that ended in each way."""
    survey = {text: text, "list": [text, {text: text}], "vercelHookOverride": text}
    answer = {"status": 503, "ok": False, "body": text, text: text}
    fields = {
        **dict.fromkeys(("purpose", "target_audience", "model_preference", "hosting_target", "api_provider"), text),
        "api_key_last_four": "<b>'",
        "vercel_hook_url": text,
        "survey": survey,
        "deploy_response": answer,
    }
    with make.at_once():
        draft, failed, completed = (make.session(user=admin, status=status, **fields) for status in SessionStatus)
    with make.at_once():
        dead = [make.deploy(session=failed, actor=text, fingerprint=FINGERPRINT) for _ in range(3)]
        good = make.deploy(session=completed, actor=text, status=DeployStatus.SUCCEEDED)
        live = make.deploy(session=completed, actor=text, status=DeployStatus.RETRY_SCHEDULED)
    with make.at_once():
        said = {"response_excerpt": text, "fingerprint": FINGERPRINT}
        attempt = make.attempt(deploy=good, status_code=201, response_excerpt=text)
        bad = make.attempt(deploy=dead[0], **said)
        unanswered = {"status_code": None, "response_excerpt": None, "error_kind": ErrorKind.CONNECT}
        make.attempt(deploy=live, error_message=text, **unanswered)
    _tell_of(make, text, SubjectKind.SESSION, failed.id, "failed")
    names = ("dead_deploy", "other_dead_deploy", "third_dead_deploy")
    return dict(zip(names, (one.id for one in dead), strict=True)) | {
        "draft": draft.id,
        "failed_session": failed.id,
        "completed_session": completed.id,
        "own_session": completed.id,
        "own_draft": draft.id,
        "good_deploy": good.id,
        "live_deploy": live.id,
        "attempt": attempt.id,
        "failed_attempt": bad.id,
    }


def _projects(make: Records, text: str, admin: User) -> dict[str, UUID | str]:
    project = make.project(
        owner=admin, title=text, description=text, prompt_text=text, stack=text, status=ProjectStatus.DEPLOY_CONFIGURED
    )
    addresses = {"repo_url": "javascript:window.tainted=1", "build_command": text, "output_dir": text}
    config = make.config(project=project, env_config={text: text}, **addresses)
    room = make.room(project=project, name=text)
    make.db.refresh(room, ["state"])
    room.state.current_prompt_text = text
    _tell_of(make, text, SubjectKind.PROJECT, project.id, "deploy_configured")
    return {"project": project.id, "config": config.id, "room": room.id, "room_project": project.id}


def _recoveries(make: Records, text: str, deploys: list[Deploy]) -> dict[str, UUID | str]:
    """One that runs, and one that halted, whose every deploy failed."""
    selection = {"host": text, "group": text}
    running = make.recovery(*deploys[:2], actor=text, selection=selection)
    halted = make.recovery(
        *deploys[2:], actor=text, selection=selection, status=RecoveryStatus.HALTED, status_reason=text
    )
    return {"running_recovery": running.id, "halted_recovery": halted.id}


def _of_people(make: Records, text: str, admin: User, person: User) -> dict[str, UUID | str]:
    """What people name, and what is told of them: sign-ins, tokens, passkeys, exports, the trash and the trail."""
    db, now = make.db, make.now
    for one in (admin, person):
        make.sign_in(one, user_agent=text, origin=text)
        token = add_token(db, one, name=text, last_used_from=text, last_used_at=now)
    token.revoked_at, token.revoked_by = now, text
    key = {"credential_id": b"tainted", "public_key": b"", "sign_count": 0, "transports": [text], "is_synced": True}
    db.add(Passkey(user_id=admin.id, name=text, **key))
    db.add(Acting(admin_id=admin.id, user_id=person.id, reason=text, started_at=now, ends_at=now, ended_at=now))
    made_of = {"owner_id": admin.id, "format": "csv", "zone": text, "fields": [text], "spec": "signed"}
    for status in ExportStatus:
        ends = {"status": status, "reason": text, "expires_at": now + timedelta(days=7)}
        db.add(Export(title=text, address=f"/admin/deploy/?search={text}", **made_of, **ends))
    gone = make.template(title=text, description=text, tags=[text])
    trash.delete(
        db, PromptTemplate, gone.id, actor=Actor(id=admin.id, name=text, role=admin.role, origin=text), now=now
    )
    said = {"before": {text: text, "status": "failed"}, "after": {text: [text], "status": text}, "request_id": text}
    event = AuditEvent(
        at=now, actor_id=admin.id, actor=text, origin=text, tag="template:edit", subject_kind="template", **said
    )
    db.add(event)
    db.flush()
    return {"event": event.id}


def _tell_of(make: Records, text: str, kind: SubjectKind, subject_id: UUID, status: str) -> None:
    make.db.add(StatusChange(subject_kind=kind, subject_id=subject_id, to_status=status, at=make.now, actor=text))
