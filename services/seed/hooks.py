"""The deploy hooks of seeded sessions: all of them on this machine, where the demo's receiver answers."""

import re

from sqlalchemy import select, text

from models import FailureGroup
from services.database import DbSession
from services.deploys import hooks, host
from services.deploys.fingerprint import of_parts

CLOSED = "http://127.0.0.1:9"
"""The discard port, on which nothing listens: calls to it are refused."""
BEHAVIOURS = ("503", "404", "429", "slow", "reset", "flaky")
"""The hooks whose path says how the receiver misbehaves."""


def prefixes(base: str) -> dict[str, str]:
    """What the hook URLs of each kind begin with; a secret of the session's own follows.

    Args:
        base: where the receiver listens, such as http://127.0.0.1:8011.

    Raises:
        InvalidInputError: it is no such address.
    """
    base = hooks.parse(base).rstrip("/")
    misbehaving = {name: f"{base}/hooks/{name}/" for name in BEHAVIOURS}
    return misbehaving | {
        "good": f"{base}/hooks/",
        "closed": f"{CLOSED}/hooks/",
        "tls": base.replace("http://", "https://", 1) + "/hooks/",  # the receiver speaks no TLS
    }


def default_hook(base: str) -> str:
    """The hook of the sessions that name none of their own."""
    return prefixes(base)["good"] + "default-5f1c0a7be2d94c31"


def find_base(db: DbSession) -> str | None:
    """Where the receiver listened when the newest of the demo's deploys was asked for; None where there is none."""
    base: str | None = db.scalar(
        text(
            """
            SELECT substring(hook_url FROM :pattern) FROM deploys
            WHERE hook_url ~ :pattern AND NOT starts_with(hook_url, :closed)
            ORDER BY created_at DESC, id DESC LIMIT 1
            """
        ),
        {"pattern": r"^(http://127\.0\.0\.1:\d+)/hooks/", "closed": CLOSED + "/"},
    )
    return base


def move(db: DbSession, old_base: str, new_base: str) -> None:
    """Point every hook at `old_base` to `new_base`; no record counts as changed by that."""
    values = {
        "old": "^(https?)" + re.escape(old_base.removeprefix("http")),
        "new": r"\1" + new_base.removeprefix("http"),
    }
    for table, column in (("deploys", "hook_url"), ("onboarding_sessions", "vercel_hook_url")):
        db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        db.execute(
            text(f"UPDATE {table} SET {column} = regexp_replace({column}, :old, :new) WHERE {column} ~ :old"),  # noqa: S608
            values,
        )
        db.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    named = host.of_urls(db, {old_base, new_base})
    _move_failures(db, named[old_base], named[new_base])


def _move_failures(db: DbSession, old_host: str, new_host: str) -> None:
    """Let failures look like those that are still to come: a host is a part of what they look like."""
    groups = db.scalars(select(FailureGroup).where(FailureGroup.host == old_host)).all()
    moved = [of_parts(new_host, group.phase, group.status_code, group.shape).fingerprint for group in groups]
    values = {"old": [group.fingerprint for group in groups], "new": moved, "host": new_host}
    for table in ("deploys", "deploy_attempts"):
        db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        db.execute(text(f"UPDATE {table} AS t SET fingerprint = new {_MOVED}"), values)  # noqa: S608
        db.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    db.execute(text(f"UPDATE failure_groups AS t SET fingerprint = new, host = :host {_MOVED}"), values)  # noqa: S608


_MOVED = """
FROM unnest(CAST(:old AS text[]), CAST(:new AS text[])) AS m (old, new)
WHERE t.fingerprint = old AND NOT EXISTS (SELECT FROM failure_groups AS g WHERE g.fingerprint = new)
"""
