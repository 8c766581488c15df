"""Recoveries as programs send and see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.rows import MaskedUrl, StoredObject
from api.schema import Body, Query, Shape, optional
from models import ErrorKind, Recovery, RecoveryItemStatus, RecoveryStatus
from services.deploys.recovery import HALT_SHARE, PAGE, PAGE_LIMIT, Preview, Progress
from services.deploys.recovery.parsing import BY_HAND_LIMIT, FIELDS, HOST_LIMIT
from services.deploys.recovery.progress import Item, Wave
from services.text import SHORT

TEXT_LIMIT = 400
CURSOR_LIMIT = 10**9
_WHEN = "ISO 8601, in UTC where it names no zone, or a span back from now: 90m, 1h, 2d."
_GROUP = "1:8f3c0d5e7a91b26408d7c3fe"


class RecoverySelection(Body):
    """Which dead-lettered deploys: all that is named must hold. Name at least one criterion, or ask for all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"group": _GROUP, "failed_since": "1d"}]})

    group: str | None = optional(max_length=TEXT_LIMIT, description="A failure group, by its id or fingerprint.")
    host: str | None = optional(max_length=HOST_LIMIT, description="The hooks' host.")
    failed_since: str | None = optional(max_length=TEXT_LIMIT, description=_WHEN)
    failed_until: str | None = optional(max_length=TEXT_LIMIT, description=_WHEN)
    status_code: int | None = optional(ge=100, le=599, description="What the newest attempt was answered.")
    error_kind: ErrorKind | None = optional(description="Why the newest attempt got no answer.")
    deploys: list[UUID] | None = optional(min_length=1, max_length=BY_HAND_LIMIT, description="Chosen one by one.")
    recovery: UUID | None = optional(description="Only what failed in this earlier recovery.")
    all: bool | None = optional(description="Every dead-lettered deploy; without any other criterion.")

    def as_fields(self) -> dict[str, str]:
        """In the words that `services.deploys.recovery.parse` reads."""
        sent = self.model_dump(mode="json", include=set(FIELDS), exclude_none=True)
        return {name: _as_text(value) for name, value in sent.items()}


class NewRecovery(RecoverySelection):
    """Which deploys, as they were previewed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"group": _GROUP, "as_of": "2026-11-25T12:00:00Z", "halt_share": HALT_SHARE}]}
    )

    as_of: str = Field(
        max_length=TEXT_LIMIT, description="The preview's: what is given up after it is not taken. ISO 8601."
    )
    halt_share: float = Field(
        default=HALT_SHARE, gt=0, le=1, strict=False, description="The share of a wave whose failure halts it."
    )


class Reason(Body):
    """Why, for the audit trail; it may be left out."""

    reason: str | None = optional(max_length=SHORT)


class Resumption(Reason):
    """Why, and whether to go on though it halted by itself; both may be left out."""

    anyway: bool = Field(default=False, description="Needed where it halted: accepts the failures that it met.")


class RecoveryQuery(Query):
    """Which recoveries, and how many."""

    limit: int = Field(default=PAGE, ge=1, le=PAGE_LIMIT, description="Recoveries in one answer.")
    after: UUID | None = Field(default=None, description="The last one of the answer before.")


class RecoveryItemQuery(Query):
    """Which of its deploys, and how many."""

    status: RecoveryItemStatus | None = Field(default=None, description="Only those.")
    limit: int = Field(default=PAGE, ge=1, le=PAGE_LIMIT, description="Deploys in one answer.")
    cursor: int = Field(default=0, ge=0, lt=CURSOR_LIMIT, description="The `next_cursor` of the answer before.")


class RecoveryHost(Shape):
    """The deploys of one host that would be replayed."""

    host: str
    deploys: int
    seconds: int = Field(description="How long they take at the host's limits, at the least.")
    paused: bool = Field(description="Whether its deliveries are paused, so that they wait.")
    circuit_open_until: datetime | None = Field(description="Until when its circuit is open, so that they wait.")


class RecoveryGroup(Shape):
    """The deploys of one failure group that would be replayed."""

    fingerprint: str | None
    title: str = Field(description="Holds other people's text.")
    deploys: int


class RecoverySample(Shape):
    """A deploy that would be among the first."""

    id: UUID
    hook_url: MaskedUrl
    failed_at: datetime


class RecoverySkipped(Shape):
    """Dead-lettered deploys that match and can't be replayed."""

    why: str
    words: str
    deploys: int


class RecoveryPreview(Shape):
    """What a selection comes to at one moment."""

    selection: StoredObject = Field(description="As it was understood: times are absolute, a group is a fingerprint.")
    as_of: datetime = Field(description="Send it along to start what was previewed, and nothing else.")
    total: int
    hosts: list[RecoveryHost] = Field(description="The largest.")
    host_count: int
    groups: list[RecoveryGroup] = Field(description="The largest.")
    group_count: int
    oldest: datetime | None
    newest: datetime | None
    sample: list[RecoverySample]
    skipped: list[RecoverySkipped]
    waves: list[int] = Field(description="How many deploys go in each.")
    seconds: int = Field(description="How long it takes at today's limits, without what waits.")


class RecoveryRow(Shape):
    """A row of recoveries."""

    model_config = ConfigDict(title="recoveries")

    id: UUID
    status: RecoveryStatus
    status_reason: str | None = Field(description="Why it halted, or was paused or aborted.")
    selection: StoredObject
    halt_share: float
    wave: int = Field(description="The one under way.")
    total: int
    tally: StoredObject | None = Field(description="How many deploys came to what; null until it ended.")
    actor: str
    created_at: datetime
    ended_at: datetime | None


class RecoveryWave(Shape):
    """A wave, by what became of its deploys."""

    number: int
    total: int
    waiting: int
    queued: int
    succeeded: int
    failed: int
    skipped: int


class OneRecovery(Shape):
    """A recovery and how far it has come."""

    recovery: RecoveryRow
    waves: list[RecoveryWave]
    held_up: list[str] = Field(description="Why deploys wait though it runs. Holds other people's text.")


class RecoveryList(Shape):
    """Some recoveries, the newest first."""

    recoveries: list[RecoveryRow]


class RecoveryItemRow(Shape):
    """What became of one deploy."""

    deploy_id: UUID
    session_id: UUID
    hook_url: MaskedUrl
    wave: int
    status: RecoveryItemStatus
    failure: str | None = Field(description="What it failed with. Holds other people's text.")
    reason: str | None = Field(description="Why it was skipped.")
    ended_at: datetime | None


class RecoveryItemList(Shape):
    """Some deploys of a recovery, in the order in which they go."""

    items: list[RecoveryItemRow]
    next_cursor: int | None = Field(description="Send it as `cursor` for the next ones; null where there are none.")


def preview_of(preview: Preview) -> RecoveryPreview:
    fields = {name: getattr(preview, name) for name in _SAME}
    return RecoveryPreview(
        **fields,
        selection=preview.selection.as_json(),
        hosts=[
            RecoveryHost(
                host=part.host,
                deploys=part.deploys,
                seconds=part.seconds,
                paused=part.paused,
                circuit_open_until=part.open_until,
            )
            for part in preview.hosts
        ],
        groups=[
            RecoveryGroup(fingerprint=part.fingerprint, title=part.title, deploys=part.deploys)
            for part in preview.groups
        ],
        sample=[
            RecoverySample(id=deploy.id, hook_url=deploy.hook, failed_at=deploy.failed_at) for deploy in preview.sample
        ],
        skipped=[
            RecoverySkipped(why=why, words=why.words, deploys=deploys) for why, deploys in preview.skipped.items()
        ],
        waves=list(preview.waves),
    )


_SAME = ("as_of", "total", "host_count", "group_count", "oldest", "newest", "seconds")


def recovery_row(recovery: Recovery) -> RecoveryRow:
    return RecoveryRow(**{name: getattr(recovery, name) for name in RecoveryRow.model_fields})


def one_recovery(progress: Progress) -> OneRecovery:
    waves = [_wave(wave) for wave in progress.waves]
    return OneRecovery(recovery=recovery_row(progress.recovery), waves=waves, held_up=list(progress.held_up))


def item_row(item: Item) -> RecoveryItemRow:
    fields = {name: getattr(item, name) for name in RecoveryItemRow.model_fields if name != "hook_url"}
    return RecoveryItemRow(**fields, hook_url=item.hook)


def _wave(wave: Wave) -> RecoveryWave:
    counts = {str(status): wave.of(status) for status in RecoveryItemStatus}
    return RecoveryWave(number=wave.number, total=wave.total, **counts)


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return str(int(value)) if isinstance(value, bool) else str(value)
