"""Failure groups: list them, read one, and say what became of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.failure_rows import FailureGroupList, OneFailureGroup, failure_group_row, one_failure_group
from api.operations import operation
from api.schema import Query
from extensions import db_session, transaction
from services.deploys import failures, triage
from services.deploys.failures import HOST_LIMIT, FailureOrder, FailureTab
from services.permissions import Actor, Permission

PAGE_LIMIT = 100
CURSOR_LIMIT = 100


class FailureGroupQuery(Query):
    """Which groups, in which order, and how many."""

    status: FailureTab = Field(default=FailureTab.OPEN, description="Only those; “all” for every one.")
    host: str | None = Field(default=None, max_length=HOST_LIMIT, description="Only those of this host.")
    order: FailureOrder = Field(
        default=FailureOrder.NEWEST,
        description="“newest”: those that failed last come first; “most”: those that hold most deploys, without pages.",
    )
    limit: int = Field(default=failures.PAGE_LENGTH, ge=1, le=PAGE_LIMIT, description="Groups in one answer.")
    cursor: str | None = Field(
        default=None, max_length=CURSOR_LIMIT, description="The `next_cursor` of the answer before."
    )


@operation(
    "GET",
    "/api/failure-groups",
    permission=Permission.SEE_FAILURES,
    query=FailureGroupQuery,
    answer=FailureGroupList,
)
def list_failure_groups(actor: Actor, query: FailureGroupQuery) -> FailureGroupList:
    """List failure groups: failed attempts that look alike, as one each."""
    page = failures.list_groups(
        db_session(),
        now=datetime.now(UTC),
        tab=query.status,
        host=query.host,
        order=query.order,
        limit=query.limit,
        cursor=query.cursor,
    )
    return FailureGroupList(groups=[failure_group_row(row) for row in page.rows], next_cursor=page.next_cursor)


@operation(
    "GET",
    "/api/failure-groups/<group_id>",
    permission=Permission.SEE_FAILURES,
    answer=OneFailureGroup,
    problems=(404,),
)
def read_failure_group(actor: Actor, group_id: UUID) -> OneFailureGroup:
    """Read a failure group, what became of its deploys, and an example."""
    return one_failure_group(failures.get_group(db_session(), group_id, now=datetime.now(UTC)))


@operation(
    "POST",
    "/api/failure-groups/<group_id>/resolve",
    permission=Permission.TRIAGE_FAILURES,
    answer=OneFailureGroup,
    problems=(404, 409),
)
def resolve_failure_group(actor: Actor, group_id: UUID) -> OneFailureGroup:
    """Say that a group's cause is put right; should it fail again, it reopens by itself."""
    return _triage(triage.resolve, group_id, actor)


@operation(
    "POST",
    "/api/failure-groups/<group_id>/ignore",
    permission=Permission.TRIAGE_FAILURES,
    answer=OneFailureGroup,
    problems=(404, 409),
)
def ignore_failure_group(actor: Actor, group_id: UUID) -> OneFailureGroup:
    """Say that a group is not worth a look; it is counted on, and stays ignored."""
    return _triage(triage.ignore, group_id, actor)


@operation(
    "POST",
    "/api/failure-groups/<group_id>/reopen",
    permission=Permission.TRIAGE_FAILURES,
    answer=OneFailureGroup,
    problems=(404, 409),
)
def reopen_failure_group(actor: Actor, group_id: UUID) -> OneFailureGroup:
    """Say that a group needs a hand after all."""
    return _triage(triage.reopen, group_id, actor)


def _triage(act: Callable[..., Any], group_id: UUID, actor: Actor) -> OneFailureGroup:
    now = datetime.now(UTC)
    with transaction(actor) as db:
        act(db, group_id, actor=actor, now=now)
        return one_failure_group(failures.get_group(db, group_id, now=now))
