"""What an attempt sent, told afterwards, against what a real receiver got."""

import json

import pytest
from sqlalchemy.orm import joinedload

from models import DeployAttempt
from services.deploys import sent
from tests import hook_server
from tests.posting import delivery_to, send
from tests.records import HOOK
from tests.services.test_curl import words_of

SECRET = "whsec_" + "c2VjcmV0" * 5
ADDED_BY_HTTP = {"host", "content-length"}


@pytest.fixture
def request_of(db, make):
    """What is told of the request of an attempt that was made with these values."""

    def request_of(*, signed=False, project_id=None, attempt_number=1, **values):
        made = make.attempt(deploy=make.deploy(**values), attempt_number=attempt_number)
        query = joinedload(DeployAttempt.deploy)
        attempt = db.get(DeployAttempt, made.id, options=[query], populate_existing=True)
        return attempt, sent.request_of(attempt, project_id=project_id, signed=signed)

    return request_of


@pytest.mark.parametrize("signed", [False, True])
def test_what_is_told_of_a_request_is_what_its_receiver_got(make, request_of, signed):
    project = make.project()
    with hook_server.running() as server:
        attempt, told = request_of(hook_url=server.url, attempt_number=3, signed=signed, project_id=project.id)
        deploy = attempt.deploy
        delivery = delivery_to(
            server.url,
            deploy_id=deploy.id,
            session_id=deploy.session_id,
            project_id=project.id,
            idempotency_key=deploy.idempotency_key,
            trigger=deploy.trigger,
        )
        send(server.url, delivery=delivery, now=attempt.started_at, secrets=[SECRET] if signed else [])
    [got] = server.received

    headers = {name.lower(): value for name, value in told.headers}
    assert got.json == told.body
    assert got.headers.keys() - ADDED_BY_HTTP == headers.keys()
    assert headers.pop("webhook-signature", None) == ("<redacted>" if signed else None)
    assert {name: got.headers[name] for name in headers} == headers


def test_neither_the_hooks_secret_nor_the_signature_is_told(request_of):
    _, told = request_of(hook_url=HOOK, signed=True)

    assert told.url == "https://hooks.example.com/…cdef"
    for secret in (HOOK, "0123456789", "v1,"):
        assert secret not in told.curl
    assert "'webhook-signature: <redacted>'" in told.curl


def test_a_request_is_copied_as_one_command(request_of):
    attempt, told = request_of(idempotency_key='it\'s $(date) `id`\n"x"')

    words = words_of(told.curl)

    assert words[:4] == ["--request", "POST", "--url", told.url]
    assert 'Idempotency-Key: it\'s $(date) `id`\n"x"' in words
    assert json.loads(words[-1])["data"]["deployId"] == str(attempt.deploy_id)
