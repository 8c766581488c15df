"""Drafts: one is resumed or begun, and keeps the answers that it is given."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from models import AuditEvent, OnboardingSession, PromptTemplate, Role, SessionStatus
from services import drafts
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from services.permissions import WORKER
from tests.conftest import NOW, actor_of
from tests.records import NOBODY

KEY = "sk-proj-0123456789abcdef"


@pytest.fixture
def person(make):
    return make.user()


@pytest.fixture
def actor(person):
    return actor_of(person)


@pytest.fixture
def draft(db, actor):
    return drafts.start(db, actor=actor, now=NOW)


def events(db, tag):
    told = select(AuditEvent).where(AuditEvent.tag == tag).order_by(AuditEvent.at)
    return [(event.before, event.after) for event in db.scalars(told)]


def count(db):
    return db.scalar(select(func.count()).select_from(OnboardingSession))


def test_the_first_start_begins_a_draft_and_audits_it(db, actor, draft):
    assert (draft.status, draft.user_id, draft.survey) == (SessionStatus.DRAFT, actor.id, {})
    assert events(db, "session:start") == [(None, {"status": "draft"})]


def test_a_later_start_resumes_the_draft(db, actor, draft):
    assert drafts.start(db, actor=actor, now=NOW) is draft
    assert len(events(db, "session:start")) == 1


def test_of_several_drafts_the_one_worked_on_last_is_resumed(db, make, person, actor):
    make.session(user=person, updated_at=NOW - timedelta(days=2))
    newest = make.session(user=person, updated_at=NOW)
    make.session(user=person, updated_at=NOW - timedelta(days=1))

    assert drafts.start(db, actor=actor, now=NOW).id == newest.id
    assert drafts.newest_drafts(db, person.id)[0].id == newest.id


@pytest.mark.parametrize("status", [SessionStatus.COMPLETED, SessionStatus.FAILED])
def test_a_session_that_has_ended_is_not_resumed(db, make, person, actor, status):
    ended = make.session(user=person, status=status)

    assert drafts.start(db, actor=actor, now=NOW).id != ended.id


def test_nobody_resumes_another_persons_draft(db, make, actor):
    other = make.session()

    assert drafts.start(db, actor=actor, now=NOW).id != other.id


def test_another_draft_can_be_begun_beside_one_with_answers(db, actor, draft):
    drafts.save_step(db, draft.id, {"purpose": "A shop"}, actor=actor)

    another = drafts.start(db, actor=actor, now=NOW, anew=True)

    assert another.id != draft.id
    assert count(db) == 2


def test_a_blank_draft_is_new_enough(db, actor, draft):
    assert drafts.start(db, actor=actor, now=NOW, anew=True) is draft


def test_a_viewer_and_a_program_run_no_wizard(db, make):
    for actor in (actor_of(make.user(role=Role.VIEWER)), actor_of(make.user(role=None)), WORKER):
        with pytest.raises(ForbiddenError):
            drafts.start(db, actor=actor, now=NOW)

    assert count(db) == 0


def test_a_step_is_kept_in_its_column_and_in_the_survey_and_audited(db, actor, draft):
    drafts.save_step(db, draft.id, {"purpose": " A shop "}, actor=actor)
    db.refresh(draft)

    assert draft.purpose == "A shop"
    assert draft.survey == {"purpose": "A shop"}
    assert events(db, "session:answer") == [({"purpose": None}, {"purpose": "A shop"})]


def test_a_step_leaves_the_other_answers_alone(db, actor, draft):
    drafts.save_step(db, draft.id, {"purpose": "A shop"}, actor=actor)
    drafts.save_step(db, draft.id, {"target_audience": "tea drinkers"}, actor=actor)

    assert (draft.purpose, draft.target_audience) == ("A shop", "tea drinkers")
    assert draft.survey == {"purpose": "A shop", "target_audience": "tea drinkers"}


def test_an_answer_that_stays_the_same_is_not_audited_again(db, actor, draft):
    drafts.save_step(db, draft.id, {"purpose": "A shop"}, actor=actor)
    drafts.save_step(db, draft.id, {"purpose": "A shop"}, actor=actor)

    assert len(events(db, "session:answer")) == 1


def test_what_another_program_keeps_in_the_survey_stays_there(db, make, person, actor):
    session = make.session(user=person, survey={"vercelHookOverride": "https://x.example/1", "theirs": [1]})

    drafts.save_step(db, session.id, {"purpose": "A shop"}, actor=actor)

    assert session.survey == {"vercelHookOverride": "https://x.example/1", "theirs": [1], "purpose": "A shop"}


@pytest.mark.parametrize("stored", ["[1]", '"text"', "3", "null"])
def test_a_survey_of_another_shape_does_not_stop_the_wizard(db, make, person, actor, stored):
    session = make.session(user=person)
    db.execute(text("UPDATE onboarding_sessions SET metadata = CAST(:stored AS jsonb)"), {"stored": stored})

    drafts.save_step(db, session.id, {"purpose": "A shop"}, actor=actor)

    assert session.survey == {"purpose": "A shop"}


def test_of_a_key_the_last_four_characters_are_kept(db, actor, draft):
    drafts.save_step(db, draft.id, {"api_provider": "openai", "api_key": KEY}, actor=actor)

    assert (draft.api_provider, draft.api_key_last_four) == ("openai", "cdef")


def test_a_key_that_was_given_is_kept_while_its_provider_stays(db, actor, draft):
    drafts.save_step(db, draft.id, {"api_provider": "openai", "api_key": KEY}, actor=actor)
    drafts.save_step(db, draft.id, {"api_provider": "openai", "api_key": ""}, actor=actor)

    assert draft.api_key_last_four == "cdef"


def test_another_provider_needs_a_key_of_its_own(db, actor, draft):
    drafts.save_step(db, draft.id, {"api_provider": "openai", "api_key": KEY}, actor=actor)

    with pytest.raises(InvalidInputError, match="Enter your Google key") as caught:
        drafts.save_step(db, draft.id, {"api_provider": "google"}, actor=actor)

    assert caught.value.field == "api_key"
    assert (draft.api_provider, draft.api_key_last_four) == ("openai", "cdef")


def test_who_has_no_key_needs_none_and_none_is_kept(db, actor, draft):
    drafts.save_step(db, draft.id, {"api_provider": "openai", "api_key": KEY}, actor=actor)
    drafts.save_step(db, draft.id, {"api_provider": "none", "api_key": KEY}, actor=actor)

    assert (draft.api_provider, draft.api_key_last_four) == ("none", None)


def test_a_stored_template_is_linked_and_a_built_in_one_named_and_both_are_audited(db, make, actor, draft):
    stored = make.template()

    drafts.save_step(db, draft.id, {"template": str(stored.id)}, actor=actor)
    assert (draft.recommend_template_id, draft.survey["template"]) == (stored.id, str(stored.id))

    drafts.save_step(db, draft.id, {"template": "builtin:blank"}, actor=actor)
    assert (draft.recommend_template_id, draft.survey["template"]) == (None, "builtin:blank")

    assert [after for _, after in events(db, "session:answer")] == [
        {"recommend_template_id": str(stored.id), "template": str(stored.id)},
        {"recommend_template_id": None, "template": "builtin:blank"},
    ]


@pytest.mark.parametrize("key", [None, "", "nonsense", "\x00", str(NOBODY), "builtin:gone"])
def test_a_template_that_is_not_there_can_not_be_chosen(db, actor, draft, key):
    with pytest.raises(InvalidInputError) as caught:
        drafts.save_step(db, draft.id, {"template": key}, actor=actor)

    assert caught.value.field == "template"


def test_a_template_that_vanishes_while_it_is_chosen_is_told_as_gone(db, make, actor, draft):
    template = make.template()
    db.execute(
        text("""
        CREATE FUNCTION vanish() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM prompt_templates WHERE id = NEW.recommend_template_id;
            RETURN NEW;
        END $$""")
    )
    db.execute(
        text("CREATE TRIGGER vanish BEFORE UPDATE ON onboarding_sessions FOR EACH ROW EXECUTE FUNCTION vanish()")
    )

    with pytest.raises(InvalidInputError, match="is gone") as caught:
        drafts.save_step(db, draft.id, {"template": str(template.id)}, actor=actor)

    assert caught.value.field == "template"
    assert db.scalar(select(func.count()).select_from(PromptTemplate)) == 1


def test_one_bad_answer_keeps_all_others_of_the_step_out(db, actor, draft):
    with pytest.raises(InvalidInputError):
        drafts.save_step(db, draft.id, {"purpose": "A shop", "model_preference": "nonsense"}, actor=actor)

    assert draft.purpose is None
    assert events(db, "session:answer") == []


@pytest.mark.parametrize(
    ("status", "words"), [(SessionStatus.COMPLETED, "finished"), (SessionStatus.FAILED, "failed already")]
)
def test_the_answers_of_a_session_that_has_ended_stand(db, make, person, actor, status, words):
    session = make.session(user=person, status=status)

    with pytest.raises(ConflictError, match=words):
        drafts.save_step(db, session.id, {"purpose": "Another"}, actor=actor)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OPERATOR, Role.ADMIN])
def test_nobody_answers_for_another_person(db, make, role):
    draft, actor = make.session(), actor_of(make.user(role=role))

    for act in (drafts.get_own, drafts.get_own_draft):
        with pytest.raises(NotFoundError):
            act(db, draft.id, actor=actor)
    with pytest.raises(NotFoundError):
        drafts.save_step(db, draft.id, {"purpose": "Mine"}, actor=actor)


def test_a_person_who_became_a_viewer_can_not_go_on(db, make):
    viewer = make.user(role=Role.VIEWER)
    draft = make.session(user=viewer)

    with pytest.raises(ForbiddenError):
        drafts.save_step(db, draft.id, {"purpose": "Mine"}, actor=actor_of(viewer))


def test_the_answers_of_a_failed_session_can_be_taken_up_again(db, make, person, actor):
    failed = make.session(
        user=person,
        status=SessionStatus.FAILED,
        api_provider="openai",
        api_key_last_four="cdef",
        survey={"purpose": "A shop for teapots", "template": "builtin:blank"},
    )

    copy = drafts.begin_again(db, failed.id, actor=actor, now=NOW)

    assert (copy.status, copy.purpose, copy.api_key_last_four) == (SessionStatus.DRAFT, failed.purpose, "cdef")
    assert copy.survey["template"] == "builtin:blank"
    assert events(db, "session:start")[0][1]["purpose"] == failed.purpose


def test_taking_answers_up_twice_is_one_draft(db, make, person, actor):
    failed = make.session(user=person, status=SessionStatus.FAILED)

    assert drafts.begin_again(db, failed.id, actor=actor, now=NOW) is drafts.begin_again(
        db, failed.id, actor=actor, now=NOW
    )


def test_neither_a_draft_nor_another_persons_answers_can_be_taken_up(db, make, actor, draft):
    with pytest.raises(ConflictError):
        drafts.begin_again(db, draft.id, actor=actor, now=NOW)
    with pytest.raises(NotFoundError):
        drafts.begin_again(db, make.session(status=SessionStatus.FAILED).id, actor=actor, now=NOW)
