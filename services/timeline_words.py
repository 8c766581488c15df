"""A timeline's words: how each thing that happened is told, in a line or two."""

from collections.abc import Collection
from typing import Any, Literal

from models import AuditEvent, Deploy, DeployAttempt, DeployStatus, StatusChange
from services.labels import within
from services.secrets import without_secrets

Tone = Literal["neutral", "info", "accent", "success", "warning", "danger"]
LINE = 160
"""Characters of one value that a line shows."""
SIDE = 72
"""Characters of each side of a difference, so that both are seen."""

_ACTS = {
    "session:start": "Session started",
    "session:answer": "Answers saved",
    "session:finalize": "Session finished",
    "session:fail": "Session marked as failed",
    "project:move": "Project moved",
    "project:edit": "Prompt edited",
    "project:configure": "Configuration changed",
    "room:edit": "Room edited",
    "deploy:retry": "Deploy retried by hand",
    "deploy:cancel": "Deploy cancelled",
    "project:undo_move": "Move undone",
    "project:undo_edit": "Edit of the prompt undone",
    "room:undo_edit": "Edit of the room undone",
    "deploy:undo_cancel": "Cancellation undone",
    "deploy:reveal": "Hook shown in full",
    "session:reveal": "Hook shown in full",
    "deploy:recover": "Queued again by a recovery",
    "session:delete": "Session moved to the trash",
    "session:restore": "Session restored from the trash",
    "project:delete": "Project moved to the trash",
    "project:restore": "Project restored from the trash",
    "room:delete": "Room moved to the trash",
    "room:restore": "Room restored from the trash",
    "session:view": "Session looked at",
    "project:view": "Project looked at",
    "deploy:view": "Deploy looked at",
    "attempt:view": "Attempt looked at",
    "room:view": "Room looked at",
    "room_state:view": "State of a room looked at",
    "configuration:view": "Configuration looked at",
    "user:view": "Person looked at",
    "user:create": "Person added",
    "user:edit": "Person changed",
    "user:delete": "Person moved to the trash",
    "user:restore": "Person restored from the trash",
    "user:end_sign_in": "Signed out",
    "user:make_reset_link": "Link for a new password made",
    "user:ask_reset_link": "Link for a new password asked for",
    "user:act_as": "Acting as somebody begun",
    "user:act_as_writing": "Changes allowed while acting",
    "user:stop_acting_as": "Acting as somebody ended",
    "api_token:create": "API token made",
    "api_token:revoke": "API token revoked",
    "export:csv": "Exported as CSV",
    "export:jsonl": "Exported as JSON Lines",
    "export:xlsx": "Exported as a workbook",
    "deploy:request": "Deploy requested",
    "user:sign_in": "Signed in",
    "user:fail_sign_in": "Sign-in failed",
    "user:fail_access": "Refused",
    "audit:purge": "Old events removed by retention",
}
_TONES: dict[str, Tone] = {
    "completed": "success",
    "failed": "danger",
    "code_generated": "info",
    "deploy_configured": "accent",
    "domain_ready": "success",
}


_FIELDS = {
    "repo_url": "repository",
    "output_dir": "output directory",
    "env_config": "environment",
}
"""Fields that pages call by another name than their column's."""


def plain(word: str) -> str:
    """A machine's name as people write it: `build_command` → `build command`, `output_dir` → `output directory`."""
    return _FIELDS.get(word) or word.replace("_", " ")


def one_line(value: Any, limit: int = LINE) -> str:
    """A value on one line of at most `limit` characters; nothing is an en dash."""
    if value is None or value == "":
        return "–"
    text = str(value)
    line = " ".join(text[: 4 * limit].split())
    return line if len(line) <= limit and len(text) <= 4 * limit else f"{line[: limit - 1]}…"


def status_in(fields: Any) -> Any:
    """The status that one side of an audit event names, if it names one."""
    return fields.get("status") if isinstance(fields, dict) else None


def status_tone(status: str) -> Tone:
    return _TONES.get(status, "neutral")


def change_title(change: StatusChange) -> str:
    """“Project: prompt ready → code generated”."""
    subject = change.subject_kind.value.capitalize()
    if change.from_status is None:
        return f"{subject} created: {within(change.to_status)}"
    return f"{subject}: {within(change.from_status)} → {within(change.to_status)}"


def act_title(tag: str) -> str:
    return _ACTS.get(tag) or plain(tag.replace(":", " ")).capitalize()


def act_detail(act: AuditEvent, *, without: Collection[str] = ()) -> str:
    """Each field that changed, as it was and as it is: “purpose: a shop → a blog; …”."""
    before, after = (without_secrets(side) if isinstance(side, dict) else {} for side in (act.before, act.after))
    names = [name for name in {**after, **before} if name not in without]
    return "; ".join(f"{plain(name)}: {_difference(before, after, name)}" for name in names)


def deploy_title(deploy: Deploy) -> str:
    return f"Deploy requested ({within(deploy.trigger)})"


def deploy_detail(deploy: Deploy) -> str:
    """Where it goes and how it stands now."""
    now = "" if deploy.status is DeployStatus.QUEUED else f"; now {within(deploy.status)}"
    return f"{deploy.hook_masked}{now}"


def attempt_title(attempt: DeployAttempt) -> str:
    """“Attempt 2 answered 503”, or why no answer came."""
    if attempt.ok is None:
        return f"Attempt {attempt.attempt_number} is under way"
    if attempt.status_code is not None:
        return f"Attempt {attempt.attempt_number} answered {attempt.status_code}"
    reason = within(attempt.error_kind) if attempt.error_kind else "no answer"
    return f"Attempt {attempt.attempt_number} failed: {reason}"


def attempt_detail(attempt: DeployAttempt) -> str:
    """How long it took, and what came or went wrong."""
    if attempt.duration_ms is None:
        return ""
    said = attempt.error_message or attempt.response_excerpt
    return f"{attempt.duration_ms:,} ms" + (f"; {one_line(said)}" if said else "")


def attempt_tone(attempt: DeployAttempt) -> Tone:
    match attempt.ok:
        case None:
            return "info"
        case True:
            return "success"
        case False:
            return "danger"


def _difference(before: dict[str, Any], after: dict[str, Any], name: str) -> str:
    was, now = (_said(name, side.get(name)) for side in (before, after))
    if name not in before:
        return one_line(now)
    if name not in after:
        return f"{one_line(was)} removed"
    return f"{one_line(was, SIDE)} → {one_line(now, SIDE)}"


def _said(name: str, value: Any) -> Any:
    """A status in its words, several values with commas between, all else as it is."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return within(value) if name == "status" and isinstance(value, str) else value
