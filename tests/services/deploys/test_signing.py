"""Signatures as receivers check them: by the package's own verifier, on what really arrived."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.deploys.signing import Signer
from tests import hook_server
from tests.hook_server import answer_with
from tests.posting import send

OLD, NEW, OTHER = (f"whsec_{b64encode(bytes([number]) * 32).decode()}" for number in (1, 2, 3))


@pytest.fixture
def hook():
    with hook_server.running() as server:
        yield server


def test_while_secrets_rotate_each_attempt_is_verified_by_either(hook):
    hook.answer = answer_with("503 Busy")
    for _ in range(3):
        send(hook.url, now=datetime.now(UTC), secrets=[NEW, OLD])

    assert len(hook.received) == 3
    for request in hook.received:
        for secret in (OLD, NEW):
            assert Webhook(secret).verify(request.body, request.headers)["type"] == "deploy.requested"
        with pytest.raises(WebhookVerificationError):
            Webhook(OTHER).verify(request.body, request.headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(OLD).verify(request.body.replace(b"operator", b"recovery"), request.headers)


def test_an_attempt_is_signed_with_its_own_time(hook):
    now = datetime.now(UTC)
    for minutes in (4, 0):
        send(hook.url, now=now - timedelta(minutes=minutes), secrets=[OLD])

    first, second = (int(request.headers["webhook-timestamp"]) for request in hook.received)
    assert second - first == 240
    assert hook.received[0].headers["webhook-id"] == hook.received[1].headers["webhook-id"]


def test_without_a_secret_nothing_is_signed(hook):
    send(hook.url)

    assert "webhook-signature" not in hook.received[0].headers
    assert hook.received[0].headers["webhook-id"] == "deploy_0123"


def test_the_time_is_the_same_wherever_the_clock_hangs():
    here = datetime(2026, 11, 25, 14, tzinfo=timezone(timedelta(hours=2)))

    assert Signer([OLD]).headers("id", b"{}", at=here) == Signer([OLD]).headers("id", b"{}", at=here.astimezone(UTC))
