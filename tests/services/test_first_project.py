"""What a session's answers make of a template."""

import pytest

from models import ComboType, TemplateCombo
from services import first_project
from services.builtin_templates import BUILTIN_TEMPLATES, TemplateText


def template(content="", combo_type=TemplateCombo.ALL):
    return TemplateText("slug", "Title", "", content, (), combo_type)


def test_both_answers_are_put_in_their_places():
    prompt = first_project.prompt_for(template("{purpose} for {audience}, {purpose}!"), "Tea", "all")

    assert prompt == "Tea for all, Tea!"


def test_an_answer_that_looks_like_a_place_stays_as_it_is():
    assert first_project.prompt_for(template("{purpose} for {audience}"), "{audience}", "{purpose}") == (
        "{audience} for {purpose}"
    )


@pytest.mark.parametrize("content", ["{", "{}", "{other}", "{0}", "%s", "{purpose", r"\1", "{ purpose }"])
def test_other_braces_are_the_authors_own(content):
    assert first_project.prompt_for(template(content), "Tea", "all") == content


def test_every_built_in_template_speaks_of_purpose_and_audience():
    for text in BUILTIN_TEMPLATES:
        prompt = first_project.prompt_for(text, "a teapot shop", "tea drinkers")

        assert "a teapot shop" in prompt
        assert "tea drinkers" in prompt
        assert "{" not in prompt


def test_a_project_is_of_its_templates_kind():
    assert first_project.combo_for(template(combo_type=TemplateCombo.APP), "a website") is ComboType.APP


def test_a_template_that_suits_all_leaves_the_kind_to_the_purpose():
    assert first_project.combo_for(template(), "a website") is ComboType.WEB
    assert first_project.combo_for(template(), "a compiler") is ComboType.CUSTOM


@pytest.mark.parametrize(
    ("purpose", "title"),
    [
        ("A shop", "A shop"),
        ("A\r\n  shop", "A shop"),
        (None, "Untitled"),
        (" \n", "Untitled"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
    ],
)
def test_a_title_is_one_line_of_the_purpose(purpose, title):
    assert first_project.title_for(purpose) == title
