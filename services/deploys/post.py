"""One POST to a deploy hook, and whatever may come back, made into an outcome that can be kept."""

import asyncio
import json
import re
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from models import ErrorKind
from services.deploys import hooks
from services.deploys.delivery import ATTEMPT_LIMIT, Delivery
from services.deploys.outcome import AttemptOutcome
from services.errors import InvalidInputError

CONNECT_LIMIT_S = 5.0
READ_LIMIT = 20_000
"""Bytes of an answer that are read; the rest is left unread and the connection closed."""
EXCERPT_LIMIT = 2_000
"""Characters of an answer that are kept."""
RETRY_AFTER_LIMIT_S = 7 * 24 * 3600

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


async def post(delivery: Delivery, *, now: datetime) -> AttemptOutcome:
    """POST a delivery to its hook; whatever goes wrong is an outcome, never an exception.

    Each attempt has a transport of its own, so that no connection or stray byte of one answer reaches another's
    verdict; and no client above it, which would keep cookies, and lose a redirect's status over a malformed Location.
    """
    started = time.monotonic()
    try:
        hooks.parse(delivery.hook_url)
        async with asyncio.timeout(ATTEMPT_LIMIT.total_seconds()):
            status_code, body, retry_after = await _exchange(delivery, now)
    except Exception as error:  # a hook may answer with anything at all, and a worker must outlive it
        return _failure(error, _ms_since(started))
    return AttemptOutcome(
        duration_ms=_ms_since(started),
        status_code=status_code,
        response_excerpt=body,
        retry_after_s=parse_retry_after(retry_after, now),
    )


def payload(delivery: Delivery, now: datetime) -> dict[str, Any]:
    """The JSON body of a delivery."""
    return {
        "type": "deploy.requested",
        "timestamp": now.isoformat(),
        "data": {
            "sessionId": str(delivery.session_id),
            "projectId": str(delivery.project_id) if delivery.project_id else None,
            "deployId": str(delivery.deploy_id),
            "attempt": delivery.attempt_number,
            "trigger": delivery.trigger.value,
        },
    }


def parse_retry_after(value: str | None, now: datetime) -> int | None:
    """Seconds to wait by a Retry-After header (RFC 9110, section 10.2.3), which is a number or a date."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:12]), RETRY_AFTER_LIMIT_S)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max(round((when - now).total_seconds()), 0), RETRY_AFTER_LIMIT_S)


def clean_excerpt(raw: bytes, charset: str | None, url: str) -> str:
    """The first 2,000 characters of an answer, as text that PostgreSQL and a page can hold, without the hook's URL."""
    try:
        text = raw.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError, AssertionError):
        text = raw.decode("utf-8", "replace")
    text = text.encode("utf-8", "replace").decode("utf-8")
    return hooks.scrub(_CONTROL.sub("", text), url)[:EXCERPT_LIMIT]


async def _exchange(delivery: Delivery, now: datetime) -> tuple[int, str, str | None]:
    request = httpx.Request(
        "POST",
        delivery.hook_url,
        headers={
            "Content-Type": "application/json",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "User-Agent": "operations-console/1",
            "Idempotency-Key": delivery.idempotency_key,
            "webhook-id": delivery.idempotency_key,
        },
        content=json.dumps(payload(delivery, now)).encode(),
        extensions={"timeout": httpx.Timeout(ATTEMPT_LIMIT.total_seconds(), connect=CONNECT_LIMIT_S).as_dict()},
    )
    async with httpx.AsyncHTTPTransport(verify=_tls(), trust_env=False) as transport:
        response = await transport.handle_async_request(request)
        try:
            return (
                response.status_code,
                await _excerpt(response, delivery.hook_url),
                response.headers.get("Retry-After"),
            )
        finally:
            await response.aclose()


async def _excerpt(response: httpx.Response, url: str) -> str:
    raw = bytearray()
    async for chunk in response.aiter_raw(4096):
        raw += chunk
        if len(raw) >= READ_LIMIT:
            break
    return clean_excerpt(bytes(raw[:READ_LIMIT]), response.charset_encoding, url)


@cache
def _tls() -> ssl.SSLContext:
    """One context for the process, since each loads the whole certificate store."""
    return httpx.create_ssl_context(trust_env=False)


def _failure(error: Exception, duration_ms: int) -> AttemptOutcome:
    kind, message = _describe(error)
    return AttemptOutcome(duration_ms=duration_ms, error_kind=kind, error_message=message)


def _describe(error: Exception) -> tuple[ErrorKind, str]:
    """What went wrong, without the URL, which is a secret."""
    chain = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        return ErrorKind.TLS, "The TLS handshake failed."
    if any(isinstance(cause, OSError) and type(cause).__name__ == "gaierror" for cause in chain):
        return ErrorKind.RESOLVE, "The host name could not be resolved."
    match error:
        case InvalidInputError():
            return ErrorKind.INVALID_URL, error.message
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return ErrorKind.INVALID_URL, "The hook URL can't be called."
        case httpx.ConnectTimeout():
            return ErrorKind.TIMEOUT, f"No connection within {CONNECT_LIMIT_S:g} s."
        case TimeoutError() | httpx.TimeoutException():
            return ErrorKind.TIMEOUT, f"No complete answer within {ATTEMPT_LIMIT.total_seconds():g} s."
        case httpx.ConnectError():
            return ErrorKind.CONNECT, "The connection was refused or could not be made."
        case httpx.WriteError():
            return ErrorKind.WRITE, "The connection broke while the request was sent."
        case httpx.ReadError():
            return ErrorKind.READ, "The connection was reset before an answer came."
        case _:
            return ErrorKind.PROTOCOL, f"The answer is not valid HTTP ({type(error).__name__})."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
