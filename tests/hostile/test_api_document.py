"""The whole document of the API, held against what is answered by schemathesis: each check of it, as each role."""

from dataclasses import replace

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.transport import wsgi

from config import libpq_url
from models import ProjectStatus, Role, SessionStatus
from services.live.live import Live
from services.live.times import Times
from tests.api.program import Program

EXAMPLES = {Role.ADMIN: 3, Role.OPERATOR: 1, Role.VIEWER: 1, Role.MEMBER: 1}
"""Requests made up for each operation, beside its own examples. What roles differ in is whether they are let in, which
`tests/access` asks one by one; so one role's requests go to the edges of each field, too."""
PHASES = {
    Role.ADMIN: {"examples", "coverage", "fuzzing", "stateful"},
    Role.OPERATOR: {"examples", "fuzzing", "stateful"},
    Role.VIEWER: {"examples", "fuzzing"},
    Role.MEMBER: {"examples", "fuzzing"},
}
SOUND_BUT_REFUSED = ["2xx", "3xx", "401", "403", "404", "409", "422", "503"]
"""What may be answered to what the document allows: 422 too, since no schema says which hosts, groups or moments
there are. To what it forbids, any of 2xx is a fault."""
NETWORK = ("max_redirects", "verify", "cert", "proxies")


class Transport(wsgi.WSGITransport):
    """Calls the application without a network: what is meant for one is left out where a check calls by itself, too."""

    def __init__(self):
        super().__init__()
        self._copy_serializers_from(wsgi.WSGI_TRANSPORT)

    def send(self, case, *, session=None, **arguments):
        kept = {name: value for name, value in arguments.items() if name not in NETWORK}
        return super().send(case, session=session, **kept)


@pytest.fixture(autouse=True)
def without_a_network(monkeypatch):
    monkeypatch.setattr(wsgi, "WSGI_TRANSPORT", Transport())


@pytest.fixture(autouse=True)
def live(app, database_url, monkeypatch):
    """Live updates of this test's own, which end with it."""
    live = Live(libpq_url(database_url), replace(Times(), tick=0.05))
    monkeypatch.setitem(app.extensions, "console_live", live)
    yield
    live.close()


@pytest.fixture
def records(make):
    """One record of each kind at least, as is found by whoever follows what is answered."""
    session = make.session(status=SessionStatus.FAILED)
    make.attempt(deploy=make.deploy(session=session))
    make.config(project=make.project(status=ProjectStatus.CODE_GENERATED))
    make.recovery(make.deploy())
    make.failure_group()
    make.save()


def schema_for(app, program, role):
    """The document as the application serves it, and how to try it: the same way in each run."""
    phases = {name: {"enabled": name in PHASES[role]} for name in ("examples", "coverage", "fuzzing", "stateful")}
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "headers": program.headers,
            "max-stream-events": 1,
            "request-timeout": 5,
            "generation": {
                "max-examples": EXAMPLES[role],
                "deterministic": True,
                "database": "none",
                "no-shrink": True,
            },
            "checks": {"positive_data_acceptance": {"expected-statuses": SOUND_BUT_REFUSED}},
            "phases": phases,
        }
    )
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app, config=config, headers=program.headers)


def faults_of(event):
    """The faults that an event tells of, each in a few lines."""
    if isinstance(event, events.NonFatalError):
        return [f"{event.label}: {event.value}"]
    if isinstance(event, events.FatalError):
        return [str(event.exception)]
    if not isinstance(event, events.ScenarioFinished):
        return []
    failed = [check.failure_info for checks in event.recorder.checks.values() for check in checks if check.failure_info]
    return [f"{one.failure.operation}: {one.failure.title}. {one.failure.message}\n{one.code_sample}" for one in failed]


def answers_of(event):
    """(operation, status) of each answer that an event tells of."""
    if not isinstance(event, events.ScenarioFinished):
        return []
    told = [(event.recorder.cases[name], heard.response) for name, heard in event.recorder.interactions.items()]
    return [(case.value.operation.label, response.status_code) for case, response in told if response]


@pytest.mark.parametrize("role", Role)
def test_each_operation_answers_what_the_document_says_and_nothing_else(app, make, records, role):
    schema = schema_for(app, Program(app, make.user(role=role).email), role)
    faults, answers = [], set()

    for event in from_schema(schema).execute():
        faults += faults_of(event)
        answers.update(answers_of(event))

    assert faults == []
    assert {label for label, _ in answers} == {each.ok().label for each in schema.get_all_operations()}
    assert {200, 401} <= {status for _, status in answers}
