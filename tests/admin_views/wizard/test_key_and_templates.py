"""The two steps with rules of their own: the API key, which is never kept, and the template."""

import logging
import re

from models import Project
from services.builtin_templates import BUILTIN_TEMPLATES
from tests.admin_views.wizard.conftest import ANSWERS, KEY, count, element, stored, url, words
from tests.contents import everything

# The API key


def test_an_api_key_is_in_no_page_no_table_and_no_log(db, member, draft, caplog):
    caplog.set_level(logging.DEBUG)
    for step in ("purpose", "audience", "model", "hosting"):
        member.post(url(draft, step), ANSWERS[step])

    pages = [
        member.post(url(draft, "key"), {"api_provider": "acme", "api_key": KEY}),
        member.post(url(draft, "key"), {"api_provider": "openai", "api_key": KEY, "go": "back"}),
        member.post(url(draft, "key"), {"api_provider": "openai", "api_key": KEY}),
        member.get(url(draft, "key")),
        member.post(url(draft, "template"), ANSWERS["template"]),
        member.get(url(draft, "summary")),
        member.post(url(draft, "finish")),
        member.get(url(draft, "done")),
    ]

    assert stored(db, draft).api_key_last_four == KEY[-4:]
    assert count(db, Project) == 1
    kept = [text for rows in everything(db).values() for text in rows]
    for secret in (KEY, KEY[:-4], KEY[-8:], "mostsecret"):
        assert not [page for page in pages if secret in page.get_data(as_text=True) + str(page.headers)]
        assert not [row for row in kept if secret in row]
        assert secret not in caplog.text


def test_a_key_that_was_given_is_kept_until_another_is_typed(db, member, complete):
    page = member.get(url(complete, "key"))

    assert "•••• cdef is kept; type to replace." in words(page)
    field = element(page, 'id="api_key"')
    assert 'type="password"' in field
    assert 'autocomplete="off"' in field
    assert "value=" not in field
    assert member.post(url(complete, "key"), {"api_provider": "openai", "api_key": ""}).status_code == 303
    assert stored(db, complete).api_key_last_four == "cdef"


def test_who_has_no_key_needs_none(db, member, complete):
    assert member.post(url(complete, "key"), {"api_provider": "none", "api_key": "x"}).status_code == 303
    assert (stored(db, complete).api_provider, stored(db, complete).api_key_last_four) == ("none", None)


# Templates


def test_the_built_in_templates_are_offered_while_none_are_stored(member, complete):
    page = member.get(url(complete, "template")).get_data(as_text=True)

    assert re.findall(r'value="(builtin:[^"]*)"', page)[0] == "builtin:web-launch"
    for template in BUILTIN_TEMPLATES:
        assert f'value="builtin:{template.slug}"' in page
        assert template.title in page


def test_stored_templates_are_offered_best_first_and_marked(make, member, complete):
    make.template(title="A blog", tags=["blog"])
    best = make.template(title="An online shop", description="With a basket.", tags=["shop", "store"])

    page = member.get(url(complete, "template"))

    shown = re.findall(r'name="template" value="([^"]*)"', page.get_data(as_text=True))
    assert shown[0] == str(best.id)
    assert "An online shop Recommended With a basket. shop store" in words(page)
    assert words(page).count("Recommended") == 1


def test_a_template_shows_the_prompt_that_it_would_make_as_text(make, member, complete):
    make.template(content="<img src=x onerror=alert(1)> {purpose} for {audience}")

    page = member.get(url(complete, "template")).get_data(as_text=True)

    assert "&lt;img src=x onerror=alert(1)&gt; A shop for teapots for tea drinkers" in page


def test_all_but_the_best_templates_wait_behind_a_fold(make, member, complete):
    for number in range(9):
        make.template(title=f"Template {number}")

    page = member.get(url(complete, "template"))

    assert page.get_data(as_text=True).count('name="template"') == 10  # with the built-in one that is chosen
    assert "4 more templates" in words(page)
    assert '<details class="more" open>' in page.get_data(as_text=True)


def test_a_template_that_was_deleted_after_it_was_chosen_is_asked_for_again(db, make, member, complete):
    template = make.template()
    member.post(url(complete, "template"), {"template": str(template.id)})
    db.delete(template)
    db.flush()

    answer = member.post(url(complete, "finish"))

    assert answer.status_code == 422
    assert "The template that was chosen is gone; choose another." in words(answer)
    assert count(db, Project) == 0
    assert member.get(url(complete, "summary")).headers["Location"] == url(complete, "template")
    assert member.post(url(complete, "template"), {"template": "builtin:blank"}).status_code == 303
    assert member.post(url(complete, "finish")).status_code == 303
