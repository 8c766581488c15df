"""Everything that happened, in one list, newest first."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from models import DeployStatus, DeployTrigger, ProjectStatus, Role, SessionStatus, User
from services import audit, deploys, projects, rooms, timeline
from tests.conftest import NOW, actor_of
from tests.records import HOOK

LONG = "x" * 100_000


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.fixture
def story(db, make, operator):
    """A session that became a project with a room, whose deploy failed at first, and what people did since."""
    member = make.user(role=Role.MEMBER)
    session = make.session(user=member, created_at=NOW - timedelta(hours=3))
    session.status = SessionStatus.COMPLETED
    project = make.project(owner=member, onboarding_session_id=session.id, created_at=NOW - timedelta(hours=2))
    room = make.room(project=project)
    deploy = make.deploy(session=session, created_at=NOW - timedelta(hours=1), actor=member.email)
    make.attempt(deploy=deploy, started_at=NOW - timedelta(minutes=50))
    make.attempt(deploy=deploy, attempt_number=2, started_at=NOW - timedelta(minutes=40), status_code=201)
    audit.act_as(db, operator)
    projects.move(db, project.id, ProjectStatus.CODE_GENERATED, actor=operator, now=NOW)
    rooms.edit(db, room.id, {"name": "Design"}, actor=operator)
    audit.record(
        db, operator, "deploy:retry", deploy.id, before={"status": "dead_lettered"}, after={"status": "queued"}
    )
    return session, project, deploy, room


def titles(entries):
    return [entry.title for entry in entries]


def told(entries, title):
    [entry] = [entry for entry in entries if entry.title == title]
    return entry


EVERYTHING = {
    "Session created: draft",
    "Session: draft → completed",
    "Project created: prompt ready",
    "Project: prompt ready → code generated",
    "Deploy requested (wizard)",
    "Deploy retried by hand",
    "Attempt 1 answered 503",
    "Attempt 2 answered 201",
    "Room edited",
}


def test_a_sessions_timeline_tells_of_its_project_its_deploys_and_its_rooms_too(db, story, operator):
    session, *_ = story

    entries = timeline.of_session(db, session.id, actor=operator)

    assert set(titles(entries)) == EVERYTHING
    assert len(entries) == len(EVERYTHING)


def test_a_projects_timeline_tells_of_its_session_its_deploys_and_its_rooms_too(db, story, operator):
    _, project, *_ = story

    assert set(titles(timeline.of_project(db, project.id, actor=operator))) == EVERYTHING


def test_a_deploys_timeline_tells_of_its_attempts_and_of_what_people_did_to_it(db, story, operator):
    *_, deploy, _ = story

    assert titles(timeline.of_deploy(db, deploy.id, actor=operator))[-3:] == [
        "Attempt 2 answered 201",
        "Attempt 1 answered 503",
        "Deploy requested (wizard)",
    ]
    assert "Deploy retried by hand" in titles(timeline.of_deploy(db, deploy.id, actor=operator))


def test_a_rooms_timeline_tells_of_its_edits(db, story, operator):
    *_, room = story

    [entry] = timeline.of_room(db, room.id, actor=operator)

    assert (entry.title, entry.detail, entry.actor) == ("Room edited", "name: Main room → Design", operator.name)


def test_the_newest_comes_first(db, story, operator):
    entries = timeline.of_session(db, story[0].id, actor=operator)

    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    assert titles(entries)[-1] == "Session created: draft"


def test_of_what_bears_the_same_time_the_effect_stands_above_its_cause(db, make, operator):
    deploy = make.deploy()
    make.attempt(deploy=deploy, started_at=deploy.created_at)

    assert titles(timeline.of_deploy(db, deploy.id, actor=operator)) == [
        "Attempt 1 answered 503",
        "Deploy requested (wizard)",
    ]


def test_each_entry_says_who_did_it_and_what_it_is_about(db, story, operator):
    session, project, deploy, _ = story
    entries = timeline.of_session(db, session.id, actor=operator)

    moved = told(entries, "Project: prompt ready → code generated")
    assert (moved.kind, moved.tone, moved.actor) == ("status", "info", operator.name)
    assert (moved.subject_kind, moved.subject_id) == ("project", project.id)
    asked = told(entries, "Deploy requested (wizard)")
    assert (asked.kind, asked.actor, asked.subject_id) == ("deploy", deploy.actor, deploy.id)
    failed = told(entries, "Attempt 1 answered 503")
    assert (failed.tone, failed.detail) == ("danger", "120 ms; <h1>Service unavailable</h1>")
    assert told(entries, "Attempt 2 answered 201").tone == "success"


def test_a_step_back_is_told_once_and_with_its_reason(db, make):
    admin = actor_of(make.user(role=Role.ADMIN))
    project = make.project(status=ProjectStatus.DOMAIN_READY)
    audit.act_as(db, admin)
    projects.move(db, project.id, ProjectStatus.PROMPT_READY, actor=admin, now=NOW, reason="The domain lapsed.")

    entries = timeline.of_project(db, project.id, actor=admin)

    assert len(entries) == 2
    assert told(entries, "Project: domain ready → prompt ready").detail == "reason: The domain lapsed."


def test_a_step_that_is_taken_twice_is_told_twice(db, make):
    admin = actor_of(make.user(role=Role.ADMIN))
    project = make.project()
    audit.act_as(db, admin)
    for to in (ProjectStatus.CODE_GENERATED, ProjectStatus.PROMPT_READY, ProjectStatus.CODE_GENERATED):
        projects.move(db, project.id, to, actor=admin, now=NOW, reason="Again.")

    moves = titles(timeline.of_project(db, project.id, actor=admin))

    assert moves.count("Project: prompt ready → code generated") == 2
    assert len(moves) == 4


def test_a_change_by_another_program_has_no_actor(db, make, operator):
    session = make.session()
    session.status = SessionStatus.FAILED
    db.flush()

    entry = told(timeline.of_session(db, session.id, actor=operator), "Session: draft → failed")

    assert (entry.actor, entry.tone) == (None, "danger")


def test_a_member_is_told_of_own_records_but_not_of_the_audit_trail(db, make, story):
    session, project, deploy, room = story
    member = actor_of(make.user(role=Role.MEMBER))
    owner = actor_of(db.get(User, session.user_id))

    for read, record in (
        (timeline.of_session, session),
        (timeline.of_project, project),
        (timeline.of_deploy, deploy),
        (timeline.of_room, room),
    ):
        assert read(db, record.id, actor=member) == []
    assert set(titles(timeline.of_session(db, session.id, actor=owner))) == EVERYTHING - {
        "Room edited",
        "Deploy retried by hand",
    }


def test_a_project_of_somebody_else_is_not_told_of_to_the_sessions_person(db, make):
    member = make.user(role=Role.MEMBER)
    session = make.session(user=member)
    make.project(onboarding_session_id=session.id)

    entries = timeline.of_session(db, session.id, actor=actor_of(member))

    assert titles(entries) == ["Session created: draft"]


def test_a_hook_url_is_masked_wherever_it_is_told(db, make, operator):
    deploy = make.deploy(status=DeployStatus.DEAD_LETTERED, trigger=DeployTrigger.API)

    entry = told(timeline.of_deploy(db, deploy.id, actor=operator), "Deploy requested (API)")

    assert entry.detail == "https://hooks.example.com/…cdef; now dead-lettered"
    assert HOOK not in str(timeline.of_session(db, deploy.session_id, actor=operator))


@pytest.mark.parametrize(
    ("values", "title", "detail", "tone"),
    [
        ({"duration_ms": None, "status_code": None}, "is under way", "", "info"),
        (
            {"status_code": None, "error_kind": "tls", "error_message": "Bad."},
            "failed: TLS failed",
            "120 ms; Bad.",
            "danger",
        ),
        ({"status_code": None, "error_kind": "worker_lost"}, "failed: worker lost", "120 ms", "danger"),
        ({"status_code": None}, "failed: no answer", "120 ms", "danger"),
        ({"response_excerpt": "o\n k"}, "answered 503", "120 ms; o k", "danger"),
        ({"status_code": 200, "response_excerpt": LONG}, "answered 200", f"120 ms; {LONG[:159]}…", "success"),
    ],
)
def test_an_attempt_is_told_by_its_outcome(db, make, operator, values, title, detail, tone):
    attempt = make.attempt(**{"response_excerpt": None} | values)

    entry = timeline.of_deploy(db, attempt.deploy_id, actor=operator)[0]

    assert (entry.title, entry.detail, entry.tone) == (f"Attempt 1 {title}", detail, tone)


def test_an_act_that_has_no_words_of_its_own_is_told_by_its_tag(db, make, operator):
    session = make.session()
    audit.record(db, operator, "session:hand_over", session.id, before={"user": "Ana"}, after={"to": None})

    entry = told(timeline.of_session(db, session.id, actor=operator), "Session hand over")

    assert entry.detail == "to: –; user: Ana removed"


def test_of_a_long_text_that_was_changed_the_beginnings_of_both_versions_are_told(db, make, operator):
    project = make.project(prompt_text="old " * 100)
    projects.edit(db, project.id, actor=operator, prompt_text="new " * 5_000)

    entry = told(timeline.of_project(db, project.id, actor=operator), "Prompt edited")

    before, _, after = entry.detail.partition(" → ")
    assert before.startswith("prompt text: old old")
    assert after.startswith("new new")
    assert entry.detail.endswith("…")
    assert len(entry.detail) < 170


def test_a_long_history_is_cut_at_its_oldest_end(db, make, operator):
    deploy = make.deploy(created_at=NOW - timedelta(days=1))
    for number in range(1, timeline.ENTRY_LIMIT + 6):
        make.attempt(deploy=deploy, attempt_number=number, started_at=NOW + timedelta(seconds=number))

    entries = timeline.of_deploy(db, deploy.id, actor=operator)

    assert len(entries) == timeline.ENTRY_LIMIT
    assert titles(entries)[0] == f"Attempt {timeline.ENTRY_LIMIT + 5} answered 503"
    assert titles(entries)[-1] == "Attempt 6 answered 503"


def test_a_longer_history_asks_the_database_no_more_often(db, connection, make, story, operator):
    session, _, deploy, _ = story
    session_id = session.id

    def statements():
        db.expire_all()
        seen = []
        listen = lambda *arguments: seen.append(arguments[2])  # noqa: E731
        event.listen(connection, "before_cursor_execute", listen)
        timeline.of_session(db, session_id, actor=operator)
        event.remove(connection, "before_cursor_execute", listen)
        return len(seen)

    before = statements()
    for number in range(3, 23):
        make.attempt(deploy=deploy, attempt_number=number)
        make.attempt(deploy=make.deploy(session=session))
        make.room(project=make.project(onboarding_session_id=session.id))
        audit.record(db, operator, "session:answer", session.id, after={"purpose": str(number)})

    assert statements() == before <= 7


def test_an_act_is_told_without_the_secrets_that_its_record_holds(db, make, operator):
    session = make.session()
    secrets = {"hooks": {"production": HOOK}, "repo_url": "https://bot:hunter2@github.com/a", "apiKey": "sk-1"}
    audit.record(db, operator, "session:answer", session.id, before={"apiKey": "sk-0"}, after=secrets)

    detail = told(timeline.of_session(db, session.id, actor=operator), "Answers saved").detail

    for secret in (HOOK, "0123456789", "hunter2", "sk-0", "sk-1"):
        assert secret not in detail, secret
    assert "•••" in detail
    assert "https://hooks.example.com/…cdef" in detail


def test_an_act_tells_statuses_in_words(db, make, operator):
    deploy = make.deploy(status=DeployStatus.DEAD_LETTERED)
    deploys.retry(db, deploy.id, actor=operator, now=NOW)

    entry = told(timeline.of_deploy(db, deploy.id, actor=operator), "Deploy retried by hand")

    assert entry.detail == "status: dead-lettered → queued"


def test_a_timeline_can_tell_of_changes_or_of_deploys_alone(db, story, operator):
    session, *_ = story
    of_deploys = {"Deploy requested (wizard)", "Attempt 1 answered 503", "Attempt 2 answered 201"}

    changes = timeline.of_session(db, session.id, actor=operator, show=timeline.Show.CHANGES)
    deploys_alone = timeline.of_session(db, session.id, actor=operator, show=timeline.Show.DEPLOYS)

    assert set(titles(deploys_alone)) == of_deploys
    assert set(titles(changes)) == EVERYTHING - of_deploys


def test_an_attempts_entry_knows_the_attempt(db, make, operator):
    attempt = make.attempt()

    entries = timeline.of_deploy(db, attempt.deploy_id, actor=operator)

    assert [entry.attempt_id for entry in entries] == [attempt.id, None]
