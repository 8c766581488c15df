"""A session whose deploy failed for good: for the tests of the dashboard and of what is done from it."""

import pytest

from models import SessionStatus
from tests.conftest import NOW

SECRET = "0123456789abcdef"  # the part of tests.records.HOOK that nobody may read


@pytest.fixture
def failed(make):
    """A failed session with a dead-lettered deploy and its attempt."""
    session = make.session(
        status=SessionStatus.FAILED,
        vercel_hook_url=f"https://hooks.example.com/deploy/{SECRET}",
        deploy_response={"status": 503, "ok": False, "body": "no"},
        deploy_triggered_at=NOW,
    )
    make.attempt(deploy=make.deploy(session=session), response_excerpt="<script>alert('other people')</script>")
    return session
