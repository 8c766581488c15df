"""One world in which all cells of the tables are asked; what a cell does to it is rolled back at its end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection

from extensions import database
from models import (
    DeployStatus,
    Export,
    ExportStatus,
    Identity,
    Passkey,
    ProjectStatus,
    Role,
    SessionStatus,
    User,
)
from services.database import DbSession
from tests.client import Browser
from tests.conftest import NOW, actor_of, bound
from tests.records import HOOK, Records
from tests.tokens import add_token


@dataclass
class World:
    """What all cells begin with."""

    app: Flask
    connection: Connection
    people: dict[str | Role, User]
    """The member, for both of the member's columns, and one person for each role to the right."""
    own: dict[str, str]
    """The ids of what the member owns, by the names that actions use."""
    other: dict[str, str]
    """The ids of what is another's."""
    sessions: dict[UUID, str] = field(default_factory=dict)
    """The cookie of each person's sign-in, which all cells begin with."""

    @property
    def personal(self) -> set[str]:
        """The names that stand for another record in the one column than in the other."""
        return {name for name in self.own if self.own[name] != self.other[name]}

    def ids(self, column: str | Role) -> dict[str, str]:
        unused = {"unused": "00000000-0000-4000-8000-000000000000", "moment": datetime.now(UTC).isoformat()}
        return (self.own if column == "own" else self.other) | unused

    def browser(self, column: str | Role) -> Browser:
        """A browser of whoever asks in this column, as each cell finds it: of somebody who signed in just now."""
        browser = Browser(self.app)
        if column != "visitor":
            browser.client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.sessions[self.people[column].id])
            with browser.client.session_transaction() as session:
                session["fs_paa"] = time.time()
        return browser

    @contextmanager
    def cell(self) -> Iterator[None]:
        with self.connection.begin_nested() as savepoint, bound(self.app, self.connection):
            yield
            savepoint.rollback()


@pytest.fixture(scope="package")
def world(app: Flask) -> Iterator[World]:
    """Made once, since it is much, in a transaction that ends with the last cell."""
    with app.app_context():
        engine = database.engine
    with engine.connect() as connection, connection.begin() as outer:
        with DbSession(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as db:
            make = Records(db, NOW)
            member = make.user(role=Role.MEMBER)
            shared = _shared(make)
            own, other = records_of(make, member, **shared), records_of(make, make.user(), **shared)
            people = {role: make.user(role=role) for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN)}
            make.save()
        world = World(app, connection, {"own": member, "other": member, **people}, ids_of(own), ids_of(other))
        with bound(app, connection):
            world.sessions = {person.id: _cookie(Browser(app, person)) for person in (member, *people.values())}
        yield world
        outer.rollback()


def _shared(make: Records) -> dict[str, Any]:
    """What is nobody's."""
    return {
        "group": make.failure_group(fingerprint="1:known"),
        "template": make.template(),
        "person": make.user(),
        "shared_view": make.saved_view(is_shared=True),
    }


def records_of(make: Records, owner: Any, **shared: Any) -> dict[str, Any]:
    """One record of each kind that belongs to `owner`, and what is nobody's, by the names that actions use."""
    session = make.session(user=owner, status=SessionStatus.FAILED, vercel_hook_url=HOOK)
    failed = make.deploy(session=session)
    project = make.project(owner=owner, status=ProjectStatus.CODE_GENERATED)
    done = make.session(user=owner, status=SessionStatus.COMPLETED)
    return {
        "session": session,
        "failed": failed,
        "attempt": make.attempt(deploy=failed),
        "waiting": make.deploy(session=done, status=DeployStatus.QUEUED),
        "draft": make.session(user=owner),
        "done": done,
        "project": project,
        "config": make.config(project=project),
        "room": make.room(project=project),
        "view": make.saved_view(owner=owner),
        "token": add_token(make.db, owner),
        "sign_in": make.sign_in(owner),
        "passkey": passkey_of(make.db, owner),
        "identity": identity_of(make.db, owner),
        "job": make.bulk_job(failed, actor=actor_of(owner)),
        "recovery": make.recovery(make.deploy(session=make.session(user=owner, status=SessionStatus.COMPLETED))),
        "export": export_of(make.db, owner),
        **shared,
    }


def export_of(db: DbSession, owner: Any) -> Export:
    """An export that is made, and empty."""
    values = {"address": "/admin/session/", "format": "csv", "zone": "UTC", "fields": [], "spec": "", "size": 0}
    export = Export(owner_id=owner.id, title="Sessions", status=ExportStatus.READY, **values)
    db.add(export)
    db.flush()
    return export


def passkey_of(db: DbSession, owner: Any) -> Passkey:
    key = {"credential_id": owner.id.bytes, "public_key": b"", "sign_count": 0, "transports": [], "is_synced": False}
    passkey = Passkey(user_id=owner.id, name="Their laptop", **key)
    db.add(passkey)
    db.flush()
    return passkey


def identity_of(db: DbSession, owner: Any) -> Identity:
    identity = Identity(user_id=owner.id, issuer="https://provider.example", subject=str(owner.id))
    db.add(identity)
    db.flush()
    return identity


def ids_of(records: dict[str, Any]) -> dict[str, str]:
    return {name: str(record.id) for name, record in records.items()}


def _cookie(browser: Browser) -> str:
    cookie = browser.client.get_cookie(browser.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return str(cookie.value)
