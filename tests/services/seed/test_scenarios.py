"""Every scenario is one that could have happened."""

from services.seed.answers import ANSWERS
from services.seed.hooks import BEHAVIOURS
from services.seed.scenarios import LIVE_SCENARIOS, SCENARIOS, deploy_status


def test_every_scenario_ends_as_the_rules_say():
    for scenario in (*SCENARIOS, *LIVE_SCENARIOS):
        for plan in scenario.deploys:
            assert plan.hook in (*BEHAVIOURS, "good", "closed", "tls")
            live = plan.ends is not None and plan.ends.is_live
            assert deploy_status(plan).is_live == live


def test_answers_are_in_the_shape_in_which_the_worker_keeps_them():
    for name, answer in ANSWERS.items():
        assert (answer.outcome.status_code is None) == (answer.outcome.error_kind is not None), name
        assert len(answer.outcome.response_excerpt or "") <= 2_000
