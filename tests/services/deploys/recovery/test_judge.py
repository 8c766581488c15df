"""When a recovery halts by itself, as a decision about values."""

from dataclasses import replace

import pytest

from services.deploys.recovery.judge import Halt, WaveSoFar, why_halt

UNDER_WAY = WaveSoFar(met={}, newest_failed=0, newest=0, failed=0, ended=0, is_over=False)


def judge(wave, *, chosen=("a", "b"), accepted=(), halt_share=0.2):
    return why_halt(wave, chosen=chosen, accepted=accepted, halt_share=halt_share)


def test_the_first_failure_that_looks_as_before_halts():
    wave = replace(UNDER_WAY, met={"a": 1}, newest_failed=1, newest=500, failed=1, ended=500)

    assert judge(wave) == Halt("a", 1, 500)


def test_the_same_failure_of_another_deploy_of_the_selection_counts_as_the_same():
    assert judge(replace(UNDER_WAY, met={"b": 1}, newest_failed=1, newest=1, failed=1, ended=1)) == Halt("b", 1, 1)


def test_another_failure_is_borne_up_to_the_share():
    borne = replace(UNDER_WAY, met={"new": 20}, newest_failed=20, newest=100, failed=20, ended=100)

    assert judge(borne) is None
    assert judge(replace(borne, newest_failed=21)) == Halt(None, 21, 100)


def test_few_outcomes_say_nothing_while_the_wave_is_under_way():
    wave = replace(UNDER_WAY, met={"new": 5}, newest_failed=5, newest=9, failed=5, ended=9)

    assert judge(wave) is None
    assert judge(replace(wave, newest=10, ended=10)) == Halt(None, 5, 10)


def test_a_wave_that_is_over_is_judged_however_small_it_was():
    wave = WaveSoFar(met={}, newest_failed=1, newest=1, failed=1, ended=1, is_over=True)

    assert judge(wave) == Halt(None, 1, 1)


def test_a_hook_that_breaks_late_is_noticed_at_once():
    """The newest outcomes count: of 50,000 that went well before it is no longer a share."""
    wave = WaveSoFar(met={"new": 25}, newest_failed=25, newest=100, failed=25, ended=100, is_over=False)

    assert judge(wave) == Halt(None, 25, 100)


def test_what_somebody_went_on_with_halts_by_its_share_only():
    wave = replace(UNDER_WAY, met={"a": 2}, newest_failed=2, newest=100, failed=2, ended=100)

    assert judge(wave, accepted=("a",)) is None
    assert judge(replace(wave, newest_failed=21), accepted=("a",)) == Halt(None, 21, 100)
    assert judge(replace(wave, met={"a": 2, "b": 1}), accepted=("a",)) == Halt("b", 1, 100)


@pytest.mark.parametrize("is_over", [True, False])
def test_nothing_halts_what_goes_well(is_over):
    assert judge(replace(UNDER_WAY, newest=100, ended=100, is_over=is_over)) is None
    assert judge(replace(UNDER_WAY, is_over=is_over)) is None


def test_a_share_of_all_never_halts_by_itself():
    wave = WaveSoFar(met={}, newest_failed=100, newest=100, failed=100, ended=100, is_over=True)

    assert judge(wave, halt_share=1) is None
