"""Which steps a project may take."""

from itertools import product

import pytest

from models import ProjectStatus
from services.errors import ConflictError, InvalidInputError
from services.transitions import ORDER, check_step, next_step, words

STEPS = {
    ProjectStatus.PROMPT_READY: ProjectStatus.CODE_GENERATED,
    ProjectStatus.CODE_GENERATED: ProjectStatus.DEPLOY_CONFIGURED,
    ProjectStatus.DEPLOY_CONFIGURED: ProjectStatus.DOMAIN_READY,
    ProjectStatus.DOMAIN_READY: None,
}
REASONS = [None, "", "  \n", "The wrong repository was linked."]
PAIRS = list(product(ProjectStatus, ProjectStatus))
FORWARD = [(current, to) for current, to in PAIRS if STEPS[current] is to]
SAME = [(current, to) for current, to in PAIRS if current is to]
OTHER = [pair for pair in PAIRS if pair not in FORWARD + SAME]


def test_the_statuses_are_in_the_order_of_a_projects_way():
    assert [status.value for status in ORDER] == ["prompt_ready", "code_generated", "deploy_configured", "domain_ready"]
    assert (len(FORWARD), len(SAME), len(OTHER)) == (3, 4, 9)


@pytest.mark.parametrize(("current", "step"), STEPS.items())
def test_each_status_has_its_one_step_forward(current, step):
    assert next_step(current) is step


@pytest.mark.parametrize("may_jump", [True, False])
@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize(("current", "to"), FORWARD)
def test_a_step_forward_is_open_to_all_and_needs_no_reason(current, to, may_jump, reason):
    check_step(current, to, may_jump=may_jump, reason=reason)


@pytest.mark.parametrize("may_jump", [True, False])
@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize(("current", "to"), SAME)
def test_a_project_cannot_go_where_it_is_already(current, to, may_jump, reason):
    with pytest.raises(ConflictError, match=f"{words(current)} already"):
        check_step(current, to, may_jump=may_jump, reason=reason)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize(("current", "to"), OTHER)
def test_a_step_back_or_a_jump_is_closed_to_those_without_the_right_whatever_their_reason(current, to, reason):
    with pytest.raises(ConflictError, match=f"from {words(current)} to {words(to)}"):
        check_step(current, to, may_jump=False, reason=reason)


@pytest.mark.parametrize("reason", REASONS[:-1])
@pytest.mark.parametrize(("current", "to"), OTHER)
def test_a_step_back_or_a_jump_needs_a_reason(current, to, reason):
    with pytest.raises(InvalidInputError, match="needs a reason") as refusal:
        check_step(current, to, may_jump=True, reason=reason)

    assert refusal.value.field == "reason"


@pytest.mark.parametrize(("current", "to"), OTHER)
def test_those_with_the_right_may_step_back_or_jump_with_a_reason(current, to):
    check_step(current, to, may_jump=True, reason=REASONS[-1])


@pytest.mark.parametrize(
    ("current", "to", "said"),
    [
        (ProjectStatus.PROMPT_READY, ProjectStatus.DOMAIN_READY, "The allowed step is to code generated."),
        (ProjectStatus.DOMAIN_READY, ProjectStatus.PROMPT_READY, "It is at its last step; an admin may move it back."),
    ],
)
def test_a_refusal_says_which_step_is_allowed(current, to, said):
    with pytest.raises(ConflictError) as refusal:
        check_step(current, to, may_jump=False, reason=None)

    assert said in refusal.value.message
