"""A record's history, and the way back from an edit."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from models import AuditEvent, Role, TemplateCombo
from services import audit, projects, rooms, templates, users
from tests.admin_views.pages import Page, text_of
from tests.conftest import actor_of
from tests.trail import events

NEW = {"title": "New", "description": "Plain", "content": "Do this.", "tags": ["a"], "combo_type": "web"}


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


@pytest.fixture
def template(make, db, admin):
    """A template whose title and text were edited."""
    template = make.template(title="Old", description="Plain", content="Do that.", combo_type=TemplateCombo.WEB)
    templates.edit(db, template.id, NEW, actor=actor_of(admin.user))
    return template


def history(browser, view, record_id, more=""):
    return browser.get(f"/admin/{view}/history/?id={record_id}{more}")


def revert(browser, view, record_id, event_id):
    return browser.post(f"/admin/{view}/revert/", {"id": str(record_id), "event": str(event_id)})


def newest_event(db):
    return db.scalars(select(AuditEvent).order_by(AuditEvent.at.desc(), AuditEvent.id)).first()


def test_each_edit_is_told_with_every_field_before_and_after(admin, template):
    text = text_of(history(admin, "template", template.id).text)

    assert "Template edit" in text
    assert f"by {admin.user.email}" in text
    assert "Title was Old → is now New" in text
    assert "Content was Do that. → is now Do this." in text


def test_long_texts_are_compared_word_by_word(admin, template, db):
    content = "Build it well. " * 10
    templates.edit(db, template.id, NEW | {"content": content}, actor=actor_of(admin.user))
    templates.edit(db, template.id, NEW | {"content": content + "Now."}, actor=actor_of(admin.user))

    assert "[added: Now" in text_of(history(admin, "template", template.id).text)


def test_an_edit_can_be_reverted_and_the_reverting_is_an_edit(admin, template, db):
    answer = revert(admin, "template", template.id, newest_event(db).id)
    db.expire_all()

    assert answer.status_code == 303
    assert (template.title, template.content, template.tags) == ("Old", "Do that.", ["web"])
    assert [event.tag for event in db.scalars(select(AuditEvent))] == ["template:edit", "template:edit"]
    assert "reverted" in admin.get(answer.location).text


def test_where_a_field_changed_since_both_are_shown_and_the_person_chooses(admin, template, db):
    event = newest_event(db)
    template.title = "Newer"
    db.flush()

    answer = revert(admin, "template", template.id, event.id)

    assert answer.status_code == 409
    assert "Yours: Old" in text_of(answer.text)
    assert "Theirs: Newer" in text_of(answer.text)
    page = Page(answer)
    assert (page.field("title"), page.field("content")) == ("Old", "Do that.")
    names = ("title", "description", "content", "tags", "combo_type", "seen")
    form = {name: page.field(name) for name in names} | {"conflict": "title", "choose-title": "theirs"}
    assert admin.post(f"/admin/template/edit/?id={template.id}", form).status_code == 302
    db.expire_all()
    assert (template.title, template.content) == ("Newer", "Do that.")


def test_the_edit_of_a_room_and_of_a_person_can_be_reverted(admin, make, db):
    room, person = make.room(), make.user(name="Ana", role=Role.VIEWER)
    rooms.edit(db, room.id, {"current_prompt_text": "New", "selected_combo_type": "web"}, actor=actor_of(admin.user))
    assert revert(admin, "room", room.id, newest_event(db).id).status_code == 303
    users.edit(db, person.id, {"role": "operator"}, actor=actor_of(admin.user))
    [event] = db.scalars(select(AuditEvent).where(AuditEvent.subject_id == person.id))
    assert revert(admin, "user", person.id, event.id).status_code == 303
    db.expire_all()

    shown = rooms.get_room(db, room.id, actor=actor_of(admin.user))
    assert (shown.state.current_prompt_text, shown.state.selected_combo_type) == ("Build it well.", None)
    assert person.role is Role.VIEWER


def test_the_edit_of_a_prompt_is_reverted_from_the_projects_history(sign_in, make, db):
    operator, project = sign_in(Role.OPERATOR), make.project(prompt_text="Old")
    projects.edit(db, project.id, actor=actor_of(operator.user), prompt_text="New")
    event = newest_event(db)

    assert "Revert" in history(operator, "project", project.id).text
    assert revert(operator, "project", project.id, event.id).status_code == 303
    db.refresh(project)
    assert project.prompt_text == "Old"
    again = revert(operator, "project", project.id, event.id)
    assert "edited again since" in operator.get(again.location).text


def test_secrets_stay_masked_and_what_is_masked_is_not_set_back(sign_in, make, db):
    operator, config = sign_in(Role.OPERATOR), make.config(env_config={"TOKEN": "first-secret"})
    fields = {"env_config": {"TOKEN": "second-secret"}}
    projects.configure(db, config.project_id, fields, actor=actor_of(operator.user))
    [event] = events(db)

    page = history(operator, "project_config", config.id)
    refused = revert(operator, "project_config", config.id, event.id)

    assert "TOKEN" in page.text
    assert "secret" not in page.text.replace("secrets", "")
    assert "Revert<" not in page.text
    assert "does not keep secrets" in operator.get(refused.location).text


def test_a_field_that_is_there_no_more_is_named(admin, template, db):
    audit.record(
        db, actor_of(admin.user), "template:edit", template.id, before={"colour": "red"}, after={"colour": "blue"}
    )
    event = db.scalar(select(AuditEvent).where(AuditEvent.after.has_key("colour")))

    answer = revert(admin, "template", template.id, event.id)

    assert "There is no field colour here any more" in admin.get(answer.location).text


def test_what_is_no_edit_has_no_way_back(admin, make, db):
    project = make.project()
    audit.record(db, actor_of(admin.user), "room:open", project.id)
    event = newest_event(db)

    assert "Revert<" not in history(admin, "project", project.id).text
    assert "no edit" in admin.get(revert(admin, "project", project.id, event.id).location).text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_who_may_not_edit_reads_the_history_and_reverts_nothing(sign_in, template, db, role):
    browser, event = sign_in(role), newest_event(db)

    page = history(browser, "template", template.id)

    assert page.status_code == 200
    assert "Revert<" not in page.text
    assert revert(browser, "template", template.id, event.id).status_code == 403


def test_members_read_the_history_of_their_own_records_alone(sign_in, make, db):
    member = sign_in(Role.MEMBER)
    own, other = make.project(owner=member.user), make.project()

    assert history(member, "project", own.id).status_code == 200
    assert history(member, "project", other.id).status_code == 404


def test_an_event_of_another_record_is_none_of_this_one(admin, template, make, db):
    other = make.template()

    assert revert(admin, "template", other.id, newest_event(db).id).status_code == 404
    assert revert(admin, "template", template.id, uuid4()).status_code == 404


@pytest.mark.parametrize(("record_id", "more"), [("", ""), ("x", ""), ("\x00", "")])
def test_what_is_no_id_is_refused(admin, template, record_id, more):
    assert history(admin, "template", record_id, more).status_code == 422
    assert revert(admin, "template", record_id, "x").status_code == 422
    assert revert(admin, "template", template.id, "x").status_code == 422
    assert history(admin, "template", template.id, "&page=-1").status_code == 422


def test_a_long_history_has_pages(admin, template, db):
    for number in range(60):
        audit.record(db, actor_of(admin.user), f"template:act{number}", template.id)

    first, second = (history(admin, "template", template.id, f"&page={page}").text for page in (0, 1))

    assert [page.count('<div class="history-head">') for page in (first, second)] == [50, 11]
    assert ("Older" in first, "Newer" in first) == (True, False)
    assert ("Older" in second, "Newer" in second) == (False, True)


def test_a_record_without_an_id_of_the_trails_kind_has_an_empty_history(at_shops, shops):
    shop = shops()

    assert "Nothing is recorded" in at_shops(Role.ADMIN).get(f"/admin/edited/history/?id={shop.id}").text
