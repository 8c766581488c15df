"""An act is offered only where it would work, and else the reason is told."""

import pytest

from models import Deploy, DeployStatus, GoneHook, OnboardingSession, Project, ProjectStatus, Role, SessionStatus
from services import offers
from services.permissions import Actor
from tests.conftest import NOW
from tests.records import HOOK, NOBODY


def actor(role: Role) -> Actor:
    return Actor(id=None, name="someone@example.com", role=role)


def session(**values) -> OnboardingSession:
    failed = {"status": SessionStatus.FAILED, "deploy_response": {"ok": False, "error": "refused"}}
    return OnboardingSession(**failed | {"survey": {}, "vercel_hook_url": HOOK} | values)


def retry_offer(actor, session, newest, *, default_hook_url, gone_hooks=None):
    telling = newest and newest.status
    return offers.retry_deploy(actor, session, telling, default_hook_url=default_hook_url, gone_hooks=gone_hooks or {})


@pytest.mark.parametrize("status", [DeployStatus.DEAD_LETTERED, DeployStatus.CANCELLED, None])
def test_a_session_without_a_deploy_under_way_may_be_retried(status):
    newest = None if status is None else Deploy(status=status)

    offer = retry_offer(actor(Role.OPERATOR), session(), newest, default_hook_url=None)

    assert (offer.label, offer.why_not) == ("Retry deploy", None)


def test_a_session_whose_deploy_succeeded_may_be_deployed_again():
    newest = Deploy(status=DeployStatus.SUCCEEDED)

    offer = retry_offer(actor(Role.OPERATOR), session(), newest, default_hook_url=None)

    assert (offer.label, offer.why_not) == ("Deploy again", None)


@pytest.mark.parametrize("status", [DeployStatus.QUEUED, DeployStatus.IN_FLIGHT, DeployStatus.RETRY_SCHEDULED])
def test_a_session_whose_deploy_is_under_way_may_not(status):
    offer = retry_offer(actor(Role.OPERATOR), session(), Deploy(status=status), default_hook_url=None)

    assert offer.why_not == "A deploy of this session is already under way."


def test_a_draft_may_not_be_deployed():
    draft = session(status=SessionStatus.DRAFT)

    assert "draft" in retry_offer(actor(Role.ADMIN), draft, None, default_hook_url=HOOK).why_not


def test_a_session_whose_project_could_not_be_made_may_not_be_deployed():
    bare = session(deploy_response=None)

    assert "begin the wizard again" in retry_offer(actor(Role.ADMIN), bare, None, default_hook_url=HOOK).why_not


def test_without_any_hook_there_is_nothing_to_call():
    bare = session(vercel_hook_url=None)

    assert "No deploy hook" in retry_offer(actor(Role.ADMIN), bare, None, default_hook_url=None).why_not
    assert retry_offer(actor(Role.ADMIN), bare, None, default_hook_url=HOOK).why_not is None


def test_a_hook_that_can_not_be_called_is_told_before_it_is_tried():
    broken = session(survey={"vercelHookOverride": "ftp://example.com/hook"})

    assert "https://" in retry_offer(actor(Role.ADMIN), broken, None, default_hook_url=HOOK).why_not


def test_a_hook_that_is_gone_has_to_be_replaced_first():
    mark = GoneHook(url_digest="x", host="hooks.example.com", gone_at=NOW, deploy_id=NOBODY)

    offer = retry_offer(actor(Role.ADMIN), session(), None, default_hook_url=None, gone_hooks={HOOK: mark})
    assert offer.why_not == (
        "This hook answered 410 Gone on 25 Nov 2026; it has to be replaced before it is called again."
    )

    replaced = session(vercel_hook_url="https://hooks.example.com/deploy/another")
    assert (
        retry_offer(actor(Role.ADMIN), replaced, None, default_hook_url=None, gone_hooks={HOOK: mark}).why_not is None
    )


def test_a_viewer_is_offered_no_retry():
    assert retry_offer(actor(Role.VIEWER), session(), None, default_hook_url=HOOK).why_not


@pytest.mark.parametrize(
    ("status", "why_not"),
    [
        (ProjectStatus.PROMPT_READY, "The allowed step is to code generated."),
        (ProjectStatus.CODE_GENERATED, None),
        (ProjectStatus.DEPLOY_CONFIGURED, "The allowed step is to domain ready."),
        (ProjectStatus.DOMAIN_READY, "It is at its last step"),
    ],
)
def test_a_project_is_marked_as_configured_from_the_step_before_only(status, why_not):
    offer = offers.mark_configured(actor(Role.OPERATOR), Project(status=status))

    assert offer.why_not is None if why_not is None else why_not in offer.why_not


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_those_who_may_advance_projects_are_offered_it(role):
    ready = Project(status=ProjectStatus.CODE_GENERATED)

    assert offers.mark_configured(actor(role), ready).why_not == offers.NOT_PERMITTED
