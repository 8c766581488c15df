"""The survey's answers: what of them is kept, and what is still missing."""

from uuid import uuid4

import pytest

from models import OnboardingSession
from services import answers
from services.errors import InvalidInputError
from tests.records import NOBODY

COMPLETE = {
    "purpose": "A shop",
    "target_audience": "tea drinkers",
    "model_preference": "gpt-5",
    "hosting_target": "vercel",
    "api_provider": "none",
    "survey": {"template": "builtin:blank"},
}


def session(**changes):
    return OnboardingSession(**COMPLETE | changes)


def test_answers_are_trimmed_and_known_by_their_columns():
    assert answers.parse({"purpose": " A shop ", "model_preference": "gpt-5"}) == {
        "purpose": "A shop",
        "model_preference": "gpt-5",
    }


def test_of_an_api_key_only_the_last_four_characters_are_kept():
    assert answers.parse({"api_provider": "openai", "api_key": " sk-proj-0123456789abcdef\n"}) == {
        "api_provider": "openai",
        "api_key_last_four": "cdef",
    }


def test_a_key_is_not_even_looked_at_where_none_is_meant():
    assert answers.parse({"api_provider": "none", "api_key": "too short"}) == {"api_provider": "none"}


@pytest.mark.parametrize(
    "key", ["sk-12345", "x" * 11, "x" * 501, "sk-0123 456789", "sk-0123456789\x00", "sk-01234567Ü89"]
)
def test_what_can_be_no_api_key_is_refused_without_repeating_it(key):
    with pytest.raises(InvalidInputError) as caught:
        answers.parse({"api_key": key})

    assert caught.value.field == "api_key"
    assert key not in caught.value.message


@pytest.mark.parametrize("name", ["model_preference", "hosting_target", "api_provider"])
@pytest.mark.parametrize("value", [None, "", "nonsense", "GPT-5", "\x00", "x" * 100_000])
def test_only_what_is_on_offer_can_be_chosen(name, value):
    with pytest.raises(InvalidInputError, match=r"Choose one of the options\.") as caught:
        answers.parse({name: value})

    assert caught.value.field == name


def test_a_complete_session_lacks_nothing():
    assert answers.missing(session()) == []


def test_what_is_missing_is_told_in_the_wizards_order():
    assert answers.missing(OnboardingSession(survey={})) == [*answers.REQUIRED, "template"]


def test_a_provider_without_its_key_is_not_enough():
    assert answers.missing(session(api_provider="openai")) == ["api_key"]
    assert answers.missing(session(api_provider="openai", api_key_last_four="cdef")) == []


def test_a_template_that_another_program_chose_counts():
    template_id = uuid4()

    assert answers.template_key(session(survey={}, recommend_template_id=template_id)) == str(template_id)
    assert answers.missing(session(survey={}, recommend_template_id=template_id)) == []


@pytest.mark.parametrize("survey", [{}, {"template": str(NOBODY)}, {"template": 7}, {"template": "builtin:gone"}])
def test_a_template_that_is_gone_is_missing(survey):
    assert answers.missing(session(survey=survey)) == ["template"]


@pytest.mark.parametrize("survey", [None, [], ["a"], "text", 3, True])
def test_a_survey_of_another_shape_holds_no_answers(survey):
    assert answers.survey_of(session(survey=survey)) == {}
    assert answers.missing(session(survey=survey)) == ["template"]
