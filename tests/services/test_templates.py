"""Templates: what is offered for a purpose, and their upkeep."""

from dataclasses import asdict
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models import AuditEvent, PromptTemplate, Role, TemplateCombo
from services import templates
from services.builtin_templates import BUILTIN_TEMPLATES
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from tests.conftest import NOW, actor_of
from tests.records import NOBODY

FIELDS = {"title": "A shop", "description": None, "content": "Build {purpose}.", "tags": ["shop"], "combo_type": "web"}


@pytest.fixture
def admin(make):
    return actor_of(make.user(role=Role.ADMIN))


def titles(offers):
    return [offer.template.title for offer in offers]


def events(db):
    return [(event.tag, event.before, event.after) for event in db.scalars(select(AuditEvent))]


def test_the_built_in_templates_are_offered_while_none_are_stored(db):
    offers = templates.recommend(db, None)

    assert [offer.key for offer in offers] == [f"builtin:{template.slug}" for template in BUILTIN_TEMPLATES]
    assert {offer.id for offer in offers} == {None}


def test_one_stored_template_takes_the_place_of_all_built_in_ones(db, make):
    stored = make.template(title="Ours")

    [offer] = templates.recommend(db, None)

    assert (offer.key, offer.id, offer.template.title) == (str(stored.id), stored.id, "Ours")


@pytest.mark.parametrize(
    ("purpose", "best"),
    [
        ("A shop for teapots", "Product website"),
        ("A landing page with prices", "Product website"),
        ("Dashboards for our support team", "Internal dashboard"),
        ("an app for runners", "Mobile app"),
        ("ANDROID APPS", "Mobile app"),
        ("Something for iOS", "Mobile app"),
    ],
)
def test_the_template_that_a_purpose_speaks_of_comes_first(db, purpose, best):
    offers = templates.recommend(db, purpose)

    assert titles(offers)[0] == best
    assert [offer.template.title for offer in offers if offer.is_best] == [best]


@pytest.mark.parametrize("purpose", [None, "", "for the with and", "Etwas ganz anderes", "!!!", "日本語"])
def test_a_purpose_that_speaks_for_none_leaves_all_unmarked_in_their_order(db, purpose):
    offers = templates.recommend(db, purpose)

    assert titles(offers) == [template.title for template in BUILTIN_TEMPLATES]
    assert not any(offer.is_best for offer in offers)


def test_words_of_other_scripts_and_accents_count_too(db, make):
    make.template(title="Leer", tags=["other"])
    make.template(title="Bücherei", tags=["図書館"])

    assert titles(templates.recommend(db, "Eine bücherei"))[0] == "Bücherei"
    assert titles(templates.recommend(db, "図書館"))[0] == "Bücherei"


def test_a_tag_weighs_more_than_a_word_of_the_description(db, make):
    make.template(title="Described", description="Also good for a blog.", tags=[])
    make.template(title="Tagged", description=None, tags=["blog"])

    assert titles(templates.recommend(db, "A blog about tea")) == ["Tagged", "Described"]


def test_among_equals_the_newest_comes_first(db, make):
    for age in (3, 1, 2):
        make.template(title=f"{age} days old", created_at=NOW - timedelta(days=age))

    assert titles(templates.recommend(db, None)) == ["1 days old", "2 days old", "3 days old"]


def test_no_more_are_offered_than_asked_for(db, make):
    for number in range(8):
        make.template(title=f"Template {number}")

    assert len(templates.recommend(db, None)) == 6
    assert len(templates.recommend(db, None, limit=60)) == 8


def test_a_template_is_found_by_its_key_whether_it_would_be_offered_or_not(db, make):
    stored = make.template(title="Ours")

    assert templates.find_recommendation(db, str(stored.id)).template.title == "Ours"
    assert templates.find_recommendation(db, "builtin:blank").template.title == "Start from nothing"


@pytest.mark.parametrize("key", ["", "builtin:", "builtin:gone", "x", "\x00", "a" * 10_000, str(NOBODY)])
def test_a_key_that_names_no_template_finds_none(db, key):
    assert templates.find_recommendation(db, key) is None


@pytest.mark.parametrize(
    ("purpose", "combo"),
    [
        ("A shop for teapots", TemplateCombo.WEB),
        ("an internal CRM for the sales team", TemplateCombo.ENTERPRISE),
        ("a fitness game", TemplateCombo.APP),
        ("a compiler", TemplateCombo.CUSTOM),
        (None, TemplateCombo.CUSTOM),
    ],
)
def test_a_purpose_speaks_of_a_kind_of_project(purpose, combo):
    assert templates.combo_of(purpose) is combo


def test_each_built_in_template_could_be_stored_as_it_is(db, admin):
    for template in BUILTIN_TEMPLATES:
        templates.create(db, asdict(template), actor=admin)

    assert len(db.scalars(select(PromptTemplate)).all()) == len({t.slug for t in BUILTIN_TEMPLATES})


def test_a_new_template_is_audited_with_all_its_fields(db, admin):
    template = templates.create(db, FIELDS | {"tags": [" shop", "shop", "", "tea"]}, actor=admin)

    assert template.tags == ["shop", "tea"]
    assert events(db) == [("template:create", None, FIELDS | {"tags": ["shop", "tea"]})]


def test_a_template_that_is_sent_twice_is_made_once(db, admin):
    template_id = uuid4()
    templates.create(db, FIELDS, actor=admin, template_id=template_id)

    with pytest.raises(ConflictError):
        templates.create(db, FIELDS, actor=admin, template_id=template_id)

    assert [tag for tag, _, _ in events(db)] == ["template:create"]


def test_an_edit_is_audited_with_what_changed_and_nothing_else(db, make, admin):
    template = make.template(title="Before", **{k: v for k, v in FIELDS.items() if k != "title"})

    templates.edit(db, template.id, FIELDS | {"title": "After"}, actor=admin)

    assert events(db) == [("template:edit", {"title": "Before"}, {"title": "After"})]


def test_an_edit_that_changes_nothing_leaves_no_trace(db, make, admin):
    template = make.template(**FIELDS)

    templates.edit(db, template.id, FIELDS, actor=admin)

    assert events(db) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"content": ""}, "content"),
        ({"content": "a\x00b"}, "content"),
        ({"content": "x" * 20_001}, "content"),
        ({"description": "x" * 2_001}, "description"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"tags": [str(n) for n in range(21)]}, "tags"),
        ({"combo_type": "boat"}, "combo_type"),
    ],
)
def test_a_field_that_can_not_be_used_is_named(db, admin, changes, field):
    with pytest.raises(InvalidInputError) as caught:
        templates.create(db, FIELDS | changes, actor=admin)

    assert caught.value.field == field


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_only_admins_keep_templates(db, make, role):
    actor, template = actor_of(make.user(role=role)), make.template()

    for act in (
        lambda: templates.create(db, FIELDS, actor=actor),
        lambda: templates.edit(db, template.id, FIELDS, actor=actor),
    ):
        with pytest.raises(ForbiddenError):
            act()


def test_what_is_not_there_can_not_be_edited(db, admin):
    with pytest.raises(NotFoundError):
        templates.edit(db, uuid4(), FIELDS, actor=admin)
