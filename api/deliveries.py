"""Deliveries: see where deploys wait, pause and resume."""

from datetime import UTC, datetime
from typing import Literal

from flask import current_app
from pydantic import Field

from api.operations import operation
from api.schema import Body, Query, Shape, optional
from extensions import db_session, transaction
from models import DeliveryPause
from services.deploys import hosts, switches
from services.deploys.breaker import CircuitState
from services.deploys.host import HOST_LIMIT
from services.deploys.hosts import COUNTED, HostState
from services.permissions import Actor, Permission
from services.text import SHORT

WHICH = "As hooks have it, with its port where that is no usual one; left out or null for all hosts."
SO_MANY = f"At most {COUNTED:,} are counted."


class PauseRequest(Body):
    """What to pause, and why."""

    host: str | None = optional(max_length=HOST_LIMIT, description=WHICH)
    reason: str = Field(max_length=SHORT, description="For all who see the console.")


class ResumeRequest(Body):
    """What to resume."""

    host: str | None = optional(max_length=HOST_LIMIT, description=WHICH)


class HostsQuery(Query):
    """Where the list of hosts begins."""

    start: str = Field(default="", max_length=1_000, description="The first name to look at, as next_start says.")


class Pause(Shape):
    """Deliveries that somebody paused."""

    host: str | None = Field(description="Null where those of all hosts are.")
    paused_at: datetime
    paused_by: str
    reason: str


class Host(Shape):
    """A host of deploy hooks."""

    host: str = Field(description="Empty for hooks that name none.")
    due: int = Field(description=f"Deploys that wait and whose time has come. {SO_MANY}")
    later: int = Field(description=f"Deploys that wait for a later time. {SO_MANY}")
    under_way: int = Field(description=f"POSTs under way. {SO_MANY}")
    first_due_at: datetime | None
    circuit: CircuitState
    open_until: datetime | None = Field(description="Null while the circuit is closed.")
    succeeded: int = Field(description="POSTs that ended well lately, as far as they count for the circuit.")
    failed: int = Field(description="POSTs that failed lately, as far as they count for the circuit.")
    max_in_flight: int = Field(description="POSTs at once, of all workers: the host's own limit, or the setting.")
    max_per_s: int = Field(description="POSTs a second, of all workers: the host's own limit, or the setting.")
    paused: bool = Field(description="Whether the host itself is; all hosts may be paused beside it.")


class Deliveries(Shape):
    """What is paused, and how the hosts stand."""

    pauses: list[Pause] = Field(description="That of all hosts first.")
    hosts: list[Host] = Field(description="Those that need a look first.")
    next_start: str | None = Field(description="From where the hosts go on; null where these are all.")


class Paused(Shape):
    """The pause that was made."""

    success: Literal[True] = True
    pause: Pause


class Resumed(Shape):
    """Deliveries go on."""

    success: Literal[True] = True


@operation(
    "GET", "/api/deliveries", permission=Permission.SEE_FAILURES, answer=Deliveries, query=HostsQuery, problems=(422,)
)
def read_deliveries(actor: Actor, query: HostsQuery) -> Deliveries:
    """Read what is paused, and where deploys wait."""
    db, limits = db_session(), current_app.extensions["console_limits"]
    overview = hosts.overview(db, limits=limits, now=datetime.now(UTC), start=query.start)
    return Deliveries(
        pauses=[_pause(pause) for pause in switches.pauses(db)],
        hosts=[_host(state) for state in overview.hosts],
        next_start=overview.next_start,
    )


@operation(
    "POST",
    "/api/deliveries/pause",
    permission=Permission.PAUSE_DELIVERIES,
    body=PauseRequest,
    answer=Paused,
    problems=(409, 415, 422),
)
def pause_deliveries(actor: Actor, body: PauseRequest) -> Paused:
    """Pause deliveries, to one host or to all: deploys wait, and what is under way ends as it would.

    What is paused already is a conflict (409).
    """
    with transaction(actor) as db:
        pause = switches.pause(db, host=body.host, reason=body.reason, actor=actor, now=datetime.now(UTC))
        return Paused(pause=_pause(pause))


@operation(
    "POST",
    "/api/deliveries/resume",
    permission=Permission.PAUSE_DELIVERIES,
    body=ResumeRequest,
    answer=Resumed,
    problems=(409, 415, 422),
)
def resume_deliveries(actor: Actor, body: ResumeRequest) -> Resumed:
    """Resume deliveries that were paused: those to one host, or those to all; other switches stay as they are.

    What is not paused is a conflict (409).
    """
    with transaction(actor) as db:
        switches.resume(db, host=body.host, actor=actor, now=datetime.now(UTC))
    return Resumed()


def _pause(pause: DeliveryPause) -> Pause:
    return Pause(host=pause.host, paused_at=pause.paused_at, paused_by=pause.paused_by, reason=pause.reason)


def _host(state: HostState) -> Host:
    return Host(
        host=state.host,
        due=state.due,
        later=state.later,
        under_way=state.under_way,
        first_due_at=state.first_due_at,
        circuit=state.circuit,
        open_until=state.open_until,
        succeeded=state.window.succeeded,
        failed=state.window.failed,
        max_in_flight=state.max_in_flight,
        max_per_s=state.max_per_s,
        paused=state.pause is not None,
    )
