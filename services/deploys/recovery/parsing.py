"""A selection from plain texts, as a URL, a form, a program or a terminal holds them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select

from models import Deploy, ErrorKind, FailureGroup, Recovery
from services.database import DbSession
from services.deploys.recovery.selection import Selection
from services.errors import InvalidInputError
from services.ids import parse_id
from services.text import SHORT, clean

FIELDS = ("group", "host", "failed_since", "failed_until", "status_code", "error_kind", "deploys", "recovery", "all")
"""What a selection may be asked for by."""
BY_HAND_LIMIT = 500
"""Deploys that can be chosen one by one; more are chosen by criteria."""
HOST_LIMIT = 260
"""Characters: a name has at most 253 (RFC 1035), and a port may follow."""
TEXT_LIMIT = 40 * BY_HAND_LIMIT
_SPAN = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse(db: DbSession, fields: Mapping[str, str], *, now: datetime) -> Selection:
    """The selection that the fields name; empty ones count as left out.

    Args:
        fields: of `FIELDS`; `group` is an id or a fingerprint, times are ISO 8601 (UTC where they name no zone) or a
            span back from now such as `90m`, `1h` or `2d`, `deploys` are ids parted by commas.

    Raises:
        InvalidInputError: a field can't be used (`field` says which), or nothing was asked for.
    """
    given = {name: _text(fields[name], name) for name in FIELDS if (fields.get(name) or "").strip()}
    everything = _is_yes(given.pop("all", ""))
    if not given and not everything:
        raise InvalidInputError("Say which deploys: name at least one criterion, or ask for all.", field="all")
    if given and everything:
        raise InvalidInputError("Ask for all, or by criteria, not for both.", field="all")
    return _checked(
        Selection(
            fingerprint=_fingerprint(db, given["group"]) if "group" in given else None,
            host=_host(given["host"]) if "host" in given else None,
            failed_since=_time(given, "failed_since", now),
            failed_until=_time(given, "failed_until", now),
            status_code=_status_code(given["status_code"]) if "status_code" in given else None,
            error_kind=_error_kind(given["error_kind"]) if "error_kind" in given else None,
            deploy_ids=_deploy_ids(given["deploys"]) if "deploys" in given else (),
            recovery_id=_recovery_id(db, given["recovery"]) if "recovery" in given else None,
        )
    )


def parse_as_of(text: str) -> datetime:
    """The moment of a preview.

    Raises:
        InvalidInputError: it is no time.
    """
    return _iso(_text(text, "as_of"), "as_of")


def parse_share(text: str) -> float:
    """A share, over 0 to 1, such as `0.2` or `20%`.

    Raises:
        InvalidInputError: it is none.
    """
    digits = text.strip().removesuffix("%")
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", digits):
        raise InvalidInputError("The share is a number such as 0.2, or 20%.", field="halt_share")
    share = float(digits) / (100 if text.strip().endswith("%") else 1)
    if not 0 < share <= 1:
        raise InvalidInputError("The share is more than 0 and at most 1 (100%).", field="halt_share")
    return share


def _checked(selection: Selection) -> Selection:
    since, until = selection.failed_since, selection.failed_until
    if since and until and since > until:
        raise InvalidInputError("This ends before it begins.", field="failed_until")
    if selection.status_code and selection.error_kind:
        raise InvalidInputError("An attempt has a status code or an error, never both.", field="error_kind")
    return selection


def _text(value: str, field: str) -> str:
    return clean(value, field=field, limit=TEXT_LIMIT if field == "deploys" else 2 * SHORT, required=True) or ""


def _is_yes(value: str) -> bool:
    if value.lower() not in ("", "0", "1", "true", "false", "yes", "no", "on"):
        raise InvalidInputError("This is 1 or nothing.", field="all")
    return value.lower() in ("1", "true", "yes", "on")


def _fingerprint(db: DbSession, text: str) -> str:
    try:
        known = FailureGroup.id == UUID(text)
    except ValueError:
        known = FailureGroup.fingerprint == text
    found = db.scalar(select(FailureGroup.fingerprint).where(known))
    if found is None and not db.scalar(select(exists().where(Deploy.fingerprint == text))):
        raise InvalidInputError(f"There is no failure group “{text[:60]}”.", field="group")
    return found or text


def _host(text: str) -> str:
    if len(text) > HOST_LIMIT or re.search(r"[\s/?#@\\]", text):
        raise InvalidInputError("A host is a name such as hooks.example.com, with its port if need be.", field="host")
    return re.sub(r"\.?(:(80|443))?$", "", text.lower())


def _time(given: Mapping[str, str], field: str, now: datetime) -> datetime | None:
    if field not in given:
        return None
    if span := _SPAN.fullmatch(given[field]):
        try:
            return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
        except OverflowError:
            raise InvalidInputError("This is too long ago.", field=field) from None
    return _iso(given[field], field)


def _iso(text: str, field: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(text)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        span = "" if field == "as_of" else ", or as a span back from now: 90m, 1h, 2d"
        raise InvalidInputError(f"This is no time; write it as 2026-11-25T12:00:00Z{span}.", field=field) from None


def _status_code(text: str) -> int:
    if not re.fullmatch(r"[1-5][0-9]{2}", text):
        raise InvalidInputError("A status code is a number from 100 to 599.", field="status_code")
    return int(text)


def _error_kind(text: str) -> ErrorKind:
    try:
        return ErrorKind(text)
    except ValueError:
        raise InvalidInputError(f"An error is one of {', '.join(ErrorKind)}.", field="error_kind") from None


def _deploy_ids(text: str) -> tuple[UUID, ...]:
    parts = dict.fromkeys(part.strip() for part in text.split(",") if part.strip())
    if not 1 <= len(parts) <= BY_HAND_LIMIT:
        raise InvalidInputError(f"Choose from 1 to {BY_HAND_LIMIT} deploys by hand.", field="deploys")
    return tuple(parse_id(part, field="deploys") for part in parts)


def _recovery_id(db: DbSession, text: str) -> UUID:
    recovery_id = parse_id(text, field="recovery")
    if not db.scalar(select(exists().where(Recovery.id == recovery_id))):
        raise InvalidInputError("There is no such recovery.", field="recovery")
    return recovery_id
