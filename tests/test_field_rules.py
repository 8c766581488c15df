"""Field rules over all that a browser or a program can GET: no address and no answer of others where they are closed.

The markers stand in every place that has such a field. Who sees them finds each somewhere, so that the walk can fail;
but for that of hooks, which nobody is shown.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from flask import Flask

from admin_views.widgets import WIDGETS
from models import AuditEvent, DeliveryPause, FailureGroupStatus, Role, StatusChange
from tests.client import Browser
from tests.conftest import NOW
from tests.records import Records

PERSON, NAMELESS, OPERATOR = "zqana@zqhouse.example", "zqbo@zqhouse.example", "zqop@zqhouse.example"
ANSWER = "zqanswer"
HOOK = "https://hooks.example.com/deploy/zqhook0123456789abcdef"
MARKS = re.compile("zqana|zqbo|zqop|zqhouse|zqanswer|zqhook")
SHOWN_TO_NOBODY = {"zqhook"}
"""But to admins who ask for a hook to be revealed, which is a POST."""
HOST = "hooks.example.com"
NOT_WALKED = ("static", "api.read_events", "security.static", "console.static")
"""Files of ours, and the stream of changes, whose frames have ids alone (tests/services/live)."""
FORMATS = ("csv", "jsonl", "xlsx")


class House:
    """Records with marks in each field that has rules."""

    def __init__(self, make: Records) -> None:
        self.make, db = make, make.db
        self.person = make.user(email=PERSON, name="Ana Ruiz")
        self.nameless = make.user(email=NAMELESS, name=None)
        self.operator = make.user(email=OPERATOR, role=Role.OPERATOR, name=None)
        answers = {
            "colour": ANSWER,
            "more": {"deep": [ANSWER]},
            "purpose": "A shop for teapots",
            "vercelHookOverride": HOOK,
        }
        self.session = make.session(user=self.person, survey=answers, vercel_hook_url=HOOK)
        self.other = make.session(user=self.nameless, survey={"list": [ANSWER]}, status="failed", vercel_hook_url=HOOK)
        self.project = make.project(owner=self.nameless, onboarding_session_id=self.other.id)
        self.config = make.config(project=self.project)
        self.room = make.room(project=self.project)
        self.deploy = make.deploy(session=self.other, actor=OPERATOR, hook_url=HOOK)
        self.group = make.failure_group(status=FailureGroupStatus.RESOLVED, status_at=NOW, status_by=OPERATOR)
        self.attempt = make.attempt(deploy=self.deploy, fingerprint=self.group.fingerprint)
        self.recovery = make.recovery(self.deploy, actor=OPERATOR, actor_id=self.operator.id)
        self.template = make.template()
        self.view = make.saved_view(
            owner=self.operator, is_shared=True, arguments=urlencode({"flt0_user_email_contains": PERSON}), name="Hers"
        )
        make.saved_view(owner=self.operator, is_shared=True, name="Everybody's")
        db.add(DeliveryPause(host=HOST, paused_at=NOW, paused_by=OPERATOR, reason="Too slow"))
        for subject in (self.session, self.project):
            kind = "session" if subject is self.session else "project"
            db.add(StatusChange(subject_kind=kind, subject_id=subject.id, to_status="failed", actor=OPERATOR, at=NOW))
        self.events = [self._event(*about) for about in self._histories()]
        self.audit_event = self.events[0]
        make.save()

    def _histories(self) -> Iterator[tuple[str, Any]]:
        yield from (("user:edit", self.person.id), ("project:edit", self.project.id))
        yield ("template:edit", self.template.id)
        yield from (("project_config:edit", self.config.id), ("room:edit", self.room.id))
        yield from (("session:edit", self.session.id), ("deploy:retry", self.deploy.id))

    def _event(self, tag: str, subject: Any) -> AuditEvent:
        event = AuditEvent(
            actor=OPERATOR,
            actor_id=self.operator.id,
            tag=tag,
            subject_kind=tag.partition(":")[0],
            subject_id=subject,
            before={"email": PERSON, "survey": {"colour": ANSWER}},
            after={"email": NAMELESS, "address": f"/admin/user/?{urlencode({'search': PERSON})}", "title": "Kettles"},
            at=NOW,
        )
        self.make.db.add(event)
        return event

    def addresses(self, app: Flask) -> Iterator[str]:
        """All that can be asked for by GET, with these records' ids."""
        for rule in app.url_map.iter_rules():
            is_of_tests = rule.endpoint.startswith("/")  # those that raise errors on purpose
            if "GET" in (rule.methods or ()) and rule.endpoint not in NOT_WALKED and not is_of_tests:
                yield from self._of_rule(app, rule)
        for words in ("Ana", "teapots", str(self.deploy.id)[:8], str(self.nameless.id)):
            yield f"/console/palette/?q={quote(words)}"

    def _of_rule(self, app: Flask, rule: Any) -> Iterator[str]:
        [admin] = app.extensions["admin"]
        view = next((one for one in admin._views if one.endpoint == rule.endpoint.partition(".")[0]), None)
        for values in self._values(rule):
            path = rule.rule
            for name, value in values.items():
                path = re.sub(rf"<(?:\w+:)?{name}>", quote(str(value)), path)
            yield path
            if hasattr(view, "offered_columns"):
                yield from self._of_list(path, rule.endpoint, view)

    def _of_list(self, path: str, endpoint: str, view: Any) -> Iterator[str]:
        name, _, page = endpoint.partition(".")
        if page in ("details_view", "history_view", "edit_view"):
            record = {"user": self.person, "project_config": self.config}.get(name, getattr(self, name, None))
            yield from [f"{path}?id={record.id}"] if record is not None else []
        elif page == "index_view":
            columns = ",".join(column for column, _ in view.offered_columns())
            yield from (f"{path}?columns={columns}", f"{path}?view={self.view.id}")

    def _values(self, rule: Any) -> Iterator[dict[str, Any]]:
        """What stands in an address' places."""
        ids = {
            "session": self.session,
            "sessions": self.other,
            "project": self.project,
            "deploy": self.deploy,
            "attempt": self.attempt,
            "room": self.room,
            "studio": self.project,
            "failure": self.group,
            "recover": self.recovery,
            "view": self.view,
        }
        found = [record.id for word, record in ids.items() if word in rule.rule]
        choices = {"export_type": FORMATS, "widget": list(WIDGETS), "fingerprint": [self.group.fingerprint]}
        names = sorted(rule.arguments)
        if not names:
            yield {}
        elif len(names) == 1:
            yield from ({names[0]: value} for value in choices.get(names[0], found or [uuid4()]))
        else:
            yield {"view": "session", "action": "delete", "session_id": self.session.id, "step": "purpose"}


def marks_by_address(browser: Browser, addresses: Iterator[str], **options: Any) -> dict[str, set[str]]:
    """The marks in each answer, by its address."""
    return {address: marks_in(browser.get(address, **options)) for address in addresses}


def marks_in(answer: Any) -> set[str]:
    sent = answer.get_data() + str(answer.headers).encode()
    assert answer.status_code < 500, answer.text
    return {mark.decode() for mark in re.findall(MARKS.pattern.encode(), contents(sent))}


def contents(sent: bytes) -> bytes:
    """What a file holds; a workbook is compressed."""
    if not sent.startswith(b"PK"):
        return sent
    with zipfile.ZipFile(io.BytesIO(sent)) as file:
        return b"".join(map(file.read, file.namelist()))


@pytest.fixture
def house(make: Records) -> House:
    return House(make)


def test_a_viewer_gets_no_address_and_no_answer_of_others_from_any_page_or_file(app, house, sign_in):
    told = marks_by_address(sign_in(Role.VIEWER), house.addresses(app))

    assert {address: marks for address, marks in told.items() if marks} == {}


def test_an_operator_finds_each_of_them_so_that_the_walk_can_fail(app, house, sign_in):
    operator, missing = sign_in(Role.OPERATOR), set(MARKS.pattern.split("|")) - SHOWN_TO_NOBODY
    for address in house.addresses(app):
        if missing:
            missing -= marks_in(operator.get(address))

    assert missing == set()
