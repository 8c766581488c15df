"""One POST to a deploy hook, and whatever may come back, made into an outcome that can be kept."""

import asyncio
import json
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import httpcore
import httpx

from models import ErrorKind
from services.deploys import excerpt, hooks, retry_after
from services.deploys.connection import Connector
from services.deploys.delivery import ATTEMPT_LIMIT, Delivery
from services.deploys.egress import EgressPolicy
from services.deploys.message import fixed_headers, payload
from services.deploys.no_answer import NoAnswer
from services.deploys.outcome import AttemptOutcome
from services.deploys.resolver import LookUp, Resolver, system_look_up
from services.deploys.signing import Signer
from services.deploys.transport import DEFAULT_PORT, GuardedTransport
from services.deploys.wire import READ_LIMIT
from services.errors import InvalidInputError

CONNECT_LIMIT_S = 5.0
"""Seconds for resolving, connecting and the TLS handshake together."""

PIECES_LIMIT = 200
"""Pieces of a body that are read; each costs as much however small it is, and a hook may send a byte at a time."""


class Poster:
    """POSTs deliveries; one a worker, for one event loop. It keeps nothing of one POST for another.

    Args:
        egress: where it may go.
        secrets: `whsec_…` secrets to sign with; several while they rotate.
        tls: whom to trust; by default the certificate authorities that browsers trust.
        look_up: how to find a name's addresses.
        connect_limit_s: for resolving, connecting and the TLS handshake together.
        attempt_limit_s: for the whole.
    """

    def __init__(
        self,
        egress: EgressPolicy,
        secrets: Sequence[str] = (),
        *,
        tls: ssl.SSLContext | None = None,
        look_up: LookUp = system_look_up,
        connect_limit_s: float = CONNECT_LIMIT_S,
        attempt_limit_s: float = ATTEMPT_LIMIT.total_seconds(),
    ) -> None:
        tls = tls or httpx.create_ssl_context(trust_env=False)
        tls.set_alpn_protocols(["http/1.1"])
        self._signer = Signer(secrets)
        self._transport = GuardedTransport(Connector(egress, Resolver(look_up), tls, connect_limit_s))
        self._limit_s = attempt_limit_s

    async def post(self, delivery: Delivery, *, now: datetime) -> AttemptOutcome:
        """POST a delivery to its hook; whatever goes wrong is an outcome, never an exception.

        An answer's status decides as soon as it has come, whatever becomes of the body: the hook has judged by then,
        and to ask it again would start a second build.
        """
        started = time.monotonic()
        deadline = asyncio.get_running_loop().time() + self._limit_s
        try:
            response = await self._answer(self._request(delivery, now), deadline)
            body = await _body(response, deadline)
        except NoAnswer as failure:
            return _failed(failure, started)
        except Exception as error:  # a hook may answer with anything at all, and a worker must outlive it
            return _failed(NoAnswer(ErrorKind.PROTOCOL, f"The attempt failed ({type(error).__name__})."), started)
        return AttemptOutcome(
            duration_ms=_ms_since(started),
            status_code=response.status_code,
            response_excerpt=excerpt.of_answer(response, body, delivery.hook_url),
            retry_after_s=retry_after.parse(response.headers.get("Retry-After"), now),
        )

    def _request(self, delivery: Delivery, now: datetime) -> httpx.Request:
        body = json.dumps(payload(delivery, now)).encode()
        headers = fixed_headers(delivery) | self._signer.headers(delivery.idempotency_key, body, at=now)
        return httpx.Request("POST", callable_url(delivery.hook_url), headers=headers, content=body)

    async def _answer(self, request: httpx.Request, deadline: float) -> httpx.Response:
        try:
            async with asyncio.timeout_at(deadline):
                return await self._transport.handle_async_request(request)
        except TimeoutError as error:
            raise NoAnswer(ErrorKind.TIMEOUT, f"No complete answer within {self._limit_s:g} s.") from error
        except httpcore.LocalProtocolError as error:
            raise NoAnswer(ErrorKind.INVALID_URL, "The hook URL can't be called.") from error


def callable_url(url: str) -> httpx.URL:
    """The URL as httpx reads it.

    Raises:
        NoAnswer: of kind invalid_url.
    """
    try:
        parsed = httpx.URL(hooks.parse(url))
        is_callable = parsed.scheme in DEFAULT_PORT and parsed.host and not parsed.userinfo
    except InvalidInputError as error:
        raise NoAnswer(ErrorKind.INVALID_URL, error.message) from error
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: a host that is no international name
        raise NoAnswer(ErrorKind.INVALID_URL, "The hook URL can't be called.") from error
    if not is_callable:
        raise NoAnswer(ErrorKind.INVALID_URL, "The hook URL can't be called.")
    return parsed


async def _body(response: httpx.Response, deadline: float) -> bytes:
    """The beginning of the body, as far as it comes."""
    pieces: list[bytes] = []
    try:
        with suppress(Exception):  # broken off, not what its headers promised, too slow: the status has come
            async with asyncio.timeout_at(deadline):
                async for piece in response.aiter_raw():
                    pieces.append(piece)
                    if len(pieces) == PIECES_LIMIT:
                        break
    finally:
        await response.aclose()
    return b"".join(pieces)[:READ_LIMIT]


def _failed(failure: NoAnswer, started: float) -> AttemptOutcome:
    return AttemptOutcome(duration_ms=_ms_since(started), error_kind=failure.kind, error_message=failure.message)


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
