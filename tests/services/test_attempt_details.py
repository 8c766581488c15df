"""One attempt with all that is known of it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from models import DeployStatus, Role
from services.attempt_details import get_attempt
from services.deploys.verdict import Verdict
from services.errors import NotFoundError
from tests.conftest import NOW, actor_of


@pytest.fixture
def viewer(make):
    return actor_of(make.user(role=Role.VIEWER))


def details(db, attempt, actor):
    return get_attempt(db, attempt.id, actor=actor, signed=True)


def test_an_attempt_knows_those_before_and_after_it(db, make, viewer):
    deploy = make.deploy()
    first, second, third = (
        make.attempt(deploy=deploy, attempt_number=number, started_at=NOW + timedelta(minutes=number))
        for number in (1, 2, 4)
    )

    assert details(db, first, viewer).before is None
    assert details(db, second, viewer).before.id == first.id
    assert details(db, second, viewer).after.attempt_number == 4
    assert details(db, third, viewer).after is None


@pytest.mark.parametrize(
    ("status", "code", "follows"),
    [
        (DeployStatus.SUCCEEDED, 201, "a build was queued"),
        (DeployStatus.RETRY_SCHEDULED, 503, "which may pass. It is tried again."),
        (DeployStatus.QUEUED, 503, "It is tried again."),
        (DeployStatus.DEAD_LETTERED, 503, "It was the last attempt of its schedule, so the deploy was given up."),
        (DeployStatus.DEAD_LETTERED, 404, "No attempt follows, so the deploy was given up."),
        (DeployStatus.DEAD_LETTERED, 410, "gone for good"),
        (DeployStatus.CANCELLED, 503, "The deploy was cancelled before it was tried again."),
    ],
)
def test_it_says_what_followed(db, make, viewer, status, code, follows):
    attempt = make.attempt(deploy=make.deploy(status=status), status_code=code)

    assert follows in details(db, attempt, viewer).follows


def test_of_an_earlier_attempt_what_followed_is_the_next_one(db, make, viewer):
    deploy = make.deploy(status=DeployStatus.SUCCEEDED)
    first = make.attempt(deploy=deploy)
    make.attempt(deploy=deploy, attempt_number=2, status_code=201)

    assert details(db, first, viewer).follows.endswith("which may pass. Attempt 2 followed.")


def test_one_that_is_under_way_has_no_end_and_no_verdict(db, make, viewer):
    open_ = make.attempt(deploy=make.deploy(status=DeployStatus.IN_FLIGHT), status_code=None, duration_ms=None)

    told = details(db, open_, viewer)

    assert (told.ended_at, told.verdict, told.follows) == (None, None, "The request is under way.")


def test_one_that_ended_knows_when(db, make, viewer):
    told = details(db, make.attempt(duration_ms=1500), viewer)

    assert told.ended_at == NOW + timedelta(seconds=1.5)
    assert told.verdict is Verdict.RETRY


def test_a_body_names_the_project_of_the_session(db, make, viewer):
    session = make.session()
    project = make.project(onboarding_session_id=session.id)

    told = details(db, make.attempt(deploy=make.deploy(session=session)), viewer)

    assert told.request.body["data"]["projectId"] == str(project.id)


def test_failures_like_it_are_named_to_those_who_may_see_them(db, make, viewer):
    group, member = make.failure_group(), make.user(role=Role.MEMBER)
    deploy = make.deploy(session=make.session(user=member))
    attempt = make.attempt(deploy=deploy, fingerprint=group.fingerprint)

    assert details(db, attempt, viewer).failure == "503 from hooks.example.com: upstream busy"
    assert details(db, attempt, actor_of(member)).failure is None


def test_what_is_missing_of_an_answer_is_said(db, make, viewer):
    whole = details(db, make.attempt(response_excerpt="x" * 1_999), viewer)
    cut = details(db, make.attempt(response_excerpt="\ufffd" + "x" * 1_999), viewer)

    assert whole.notes == []
    assert [note.partition(" ")[0] for note in cut.notes] == ["Only", "Some"]


def test_of_anothers_attempt_nothing_is_known_and_of_none_neither(db, make):
    member, attempt = make.user(role=Role.MEMBER), make.attempt()

    for unknown in (attempt.id, uuid4()):
        with pytest.raises(NotFoundError, match="no such attempt"):
            get_attempt(db, unknown, actor=actor_of(member), signed=False)
