"""Making one file in the worker: claimed, read by COPY, stored part by part, and begun anew if its worker dies."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any
from uuid import UUID

import psycopg
from sqlalchemy import Engine, delete, func, or_, select, update
from sqlalchemy.exc import DBAPIError

from models import Export, ExportChunk, ExportStatus, User
from services import database_roles, stored_json
from services.database import DbSession
from services.errors import ServiceError
from services.exports import copying, specs, xlsx
from services.exports.formats import Format
from services.exports.heart import BEAT_S, GoneError, Heart
from services.exports.jobs import KEPT
from services.exports.screen import Screen
from services.exports.values import csv_lines, defused
from services.permissions import Actor

log = logging.getLogger("console.worker")

PART = 1024 * 1024
"""Bytes of one part of a file."""
SIZE_LIMIT = 512 * 1024 * 1024
"""Bytes of one file."""
SILENT = timedelta(seconds=60)
"""After which a worker that was not heard of is taken for dead."""
RUNS = 3
"""How often a file is begun."""


@dataclass(frozen=True)
class Run:
    """One worker's turn at a file; `number` tells it from later ones."""

    id: UUID
    number: int
    spec: str


def claim(db: DbSession, *, now: datetime) -> Run | None:
    """Take the export that waits longest, or one whose worker died; what that one stored goes."""
    waits = or_(
        Export.status == ExportStatus.QUEUED, (Export.status == ExportStatus.RUNNING) & (Export.seen_at < now - SILENT)
    )
    first = select(Export.id).where(waits).order_by(Export.created_at).limit(1).with_for_update(skip_locked=True)
    taken = db.execute(
        update(Export)
        .where(Export.id == first.scalar_subquery())
        .values(status=ExportStatus.RUNNING, runs=Export.runs + 1, seen_at=now, rows=0, size=0)
        .returning(Export.id, Export.runs, Export.spec)
    ).one_or_none()
    if taken is None:
        return None
    db.execute(delete(ExportChunk).where(ExportChunk.export_id == taken.id))
    return Run(taken.id, taken.runs, taken.spec)


def make(
    engine: Engine,
    run: Run,
    *,
    secret_key: specs.SecretKey,
    is_stopping: Callable[[], bool] = lambda: False,
    beat_s: float = BEAT_S,
) -> None:
    """Make the file to its end; whatever hinders it for good is said by the export itself.

    Args:
        beat_s: seconds after which the worker is heard of again, and asks whether the file is still wanted.
    """
    keeper = _Keeper(engine, run, is_stopping)
    try:
        if run.number > RUNS:
            keeper.end(ExportStatus.FAILED, f"It was begun {RUNS} times, and no worker came to its end.")
            return
        spec = specs.read(run.spec, secret_key=secret_key)
        owner = keeper.owner()
        with engine.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            database_roles.take_on(driver, database_roles.standing_of(owner))
            with Heart(keeper.beat, driver, every_s=beat_s):
                _fill(driver, spec, keeper)
            connection.rollback()
        keeper.end(ExportStatus.READY)
    except GoneError:
        keeper.let_go()
    except ServiceError as error:
        keeper.end(ExportStatus.FAILED, error.message)
    except psycopg.errors.QueryCanceled:
        if keeper.is_gone:
            keeper.let_go()
            return
        keeper.end(ExportStatus.FAILED, f"It took longer than {copying.LIMIT_MIN} minutes to read.")
    except (psycopg.Error, DBAPIError, OSError):
        log.exception("Export %s could not be made.", run.id)
        keeper.end(ExportStatus.FAILED, "The database refused it, or was away. Ask for it again.")


def _fill(connection: Any, spec: specs.Spec, keeper: "_Keeper") -> None:
    copying.prepare(connection, spec.zone, whole=spec.whole)
    with closing(copying.rows_of(connection, spec.statement.sql)) as blocks:
        lines = _counted(blocks, Screen(spec.statement), keeper)
        if spec.format is Format.XLSX:
            with tempfile.TemporaryFile() as file:
                _write_workbook(file, spec, lines)
                file.seek(0)
                while part := file.read(PART):
                    keeper.add(part)
        else:
            if spec.format is Format.CSV:
                keeper.add(csv_lines([[defused(column.label) for column in spec.statement.columns]]))
            for block in lines:
                keeper.add(block)
    keeper.flush()


def _write_workbook(file: IO[bytes], spec: specs.Spec, lines: Iterator[bytes]) -> None:
    def rows() -> Iterator[list[Any]]:
        for block in lines:
            for line in block.splitlines():
                yield list(stored_json.read(line).values())

    xlsx.write(file, [column.label for column in spec.statement.columns], rows())


def _counted(blocks: Iterator[copying.Rows], screen: Screen, keeper: "_Keeper") -> Iterator[bytes]:
    for rows in blocks:
        keeper.rows += len(rows)
        yield screen.block(rows)


class _Keeper:
    """Stores the parts of a file, each in a transaction of its own, as long as the export is this run's."""

    def __init__(self, engine: Engine, run: Run, is_stopping: Callable[[], bool]) -> None:
        self.rows = 0
        self._engine = engine
        self._run = run
        self._is_stopping = is_stopping
        self._number = self._size = 0
        self.is_gone = False
        self._waiting = bytearray()

    def owner(self) -> Actor:
        """Who asked for it, as they are now.

        Raises:
            ServiceError: they may not sign in any more.
        """
        mine = select(User).join(Export, Export.owner_id == User.id).where(Export.id == self._run.id)
        with DbSession(self._engine) as db, db.begin():
            user = db.scalar(mine)
            if user is None or not user.active:
                raise ServiceError("Who asked for it may not sign in any more.")
            return Actor(id=user.id, name=user.email, role=user.role, origin="worker")

    def add(self, data: bytes) -> None:
        """
        Raises:
            GoneError: the export is no longer this run's.
            ServiceError: the file is too large.
        """
        self._waiting += data
        while len(self._waiting) >= PART:
            self._store(bytes(self._waiting[:PART]))
            del self._waiting[:PART]

    def flush(self) -> None:
        if self._waiting:
            self._store(bytes(self._waiting))
            self._waiting.clear()

    def beat(self) -> None:
        """Be heard of.

        Raises:
            GoneError: the export is no longer this run's, or the worker stops.
        """
        with DbSession(self._engine) as db, db.begin():
            self._go_on(db)

    def end(self, status: ExportStatus, reason: str | None = None) -> None:
        now = datetime.now(UTC)
        with DbSession(self._engine) as db, db.begin():
            if status is not ExportStatus.READY:
                db.execute(delete(ExportChunk).where(ExportChunk.export_id == self._run.id))
                self._size = 0
            db.execute(
                self._update().values(
                    status=status,
                    reason=reason,
                    rows=self.rows,
                    size=self._size,
                    ended_at=now,
                    expires_at=now + KEPT,
                )
            )

    def let_go(self) -> None:
        """Leave it to another worker, where it is still this run's."""
        with DbSession(self._engine) as db, db.begin():
            db.execute(self._update().values(status=ExportStatus.QUEUED, runs=Export.runs - 1))

    def _store(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > SIZE_LIMIT:
            limit = f"{SIZE_LIMIT // PART:,} MiB"
            raise ServiceError(f"The file is larger than {limit}. Choose fewer rows or columns, or download it.")
        with DbSession(self._engine) as db, db.begin():
            self._go_on(db)
            db.add(ExportChunk(export_id=self._run.id, number=self._number, data=part))
        self._number += 1

    def _go_on(self, db: DbSession) -> None:
        """
        Raises:
            GoneError: the export is no longer this run's, or the worker stops.
        """
        mine = self._update().values(rows=self.rows, size=self._size, seen_at=func.now()).returning(Export.id)
        self.is_gone = self._is_stopping() or db.scalar(mine) is None
        if self.is_gone:
            raise GoneError

    def _update(self) -> Any:
        return update(Export).where(
            Export.id == self._run.id, Export.runs == self._run.number, Export.status == ExportStatus.RUNNING
        )
