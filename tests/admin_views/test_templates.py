"""The list and forms of prompt templates."""

import pytest
from sqlalchemy import select

from models import PromptTemplate, Role, TemplateCombo
from tests.admin_views.pages import Page
from tests.trail import events

FORM = {
    "title": "Web shop",
    "description": "",
    "content": "Build\r\nit.",
    "tags": "web, shop,,web",
    "combo_type": "web",
}


def opened(browser, path):
    """The form as it is opened, with the hidden fields that it brings."""
    page = Page(browser.get(path))
    return {name: page.field(name) for name in ("seen" if "/edit/" in path else "new_id",)}


def test_an_admin_adds_a_template(sign_in, db):
    browser = sign_in(Role.ADMIN)

    answer = browser.post("/admin/template/new/", FORM | opened(browser, "/admin/template/new/"))

    assert answer.status_code == 302
    [template] = db.scalars(select(PromptTemplate)).all()
    assert (template.title, template.description, template.content) == ("Web shop", None, "Build\nit.")
    assert (template.tags, template.combo_type) == (["web", "shop"], TemplateCombo.WEB)
    [event] = events(db)
    assert (event.tag, event.subject_id, event.actor) == ("template:create", template.id, browser.user.email)


def test_a_form_that_is_sent_twice_adds_one_template(sign_in, db):
    browser = sign_in(Role.ADMIN)
    form = FORM | opened(browser, "/admin/template/new/")

    assert browser.post("/admin/template/new/", form).status_code == 302
    answer = browser.post("/admin/template/new/", form)

    assert answer.status_code == 409
    assert Page(answer).messages[-1] == "This template was saved already."
    assert len(db.scalars(select(PromptTemplate)).all()) == 1


@pytest.mark.parametrize("new_id", ["", "42", "a\x00b"])
def test_a_form_with_a_broken_hidden_id_is_refused(sign_in, db, new_id):
    answer = sign_in(Role.ADMIN).post("/admin/template/new/", FORM | {"new_id": new_id})

    assert answer.status_code == 422
    assert db.scalars(select(PromptTemplate)).all() == []


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "  "}, "This is needed."),
        ({"title": "x" * 201}, "Field cannot be longer than 200 characters."),
        ({"content": "x" * 20_001}, "Field cannot be longer than 20000 characters."),
        ({"content": "a\x00b"}, "This holds a character that can't be stored."),
        ({"description": "x" * 2_001}, "This has 2,001 characters; at most 2,000 fit."),
        ({"combo_type": "castle"}, "Not a valid choice."),
        ({"tags": ",".join(map(str, range(21)))}, "A template has at most 20 tags."),
        ({"tags": "x" * 51}, "This has 51 characters; at most 50 fit."),
    ],
)
def test_what_a_template_cannot_hold_stands_by_its_field(sign_in, db, values, complaint):
    browser = sign_in(Role.ADMIN)

    answer = browser.post("/admin/template/new/", FORM | opened(browser, "/admin/template/new/") | values)

    assert answer.status_code == 422
    assert Page(answer).errors == [complaint]
    assert db.scalars(select(PromptTemplate)).all() == []


def test_an_edit_is_audited_with_the_fields_that_it_changed(sign_in, make, db):
    template = make.template(title="Old", content="Build\nit.", tags=["web", "shop"], combo_type=TemplateCombo.WEB)
    browser = sign_in(Role.ADMIN)
    path = f"/admin/template/edit/?id={template.id}"

    answer = browser.post(path, FORM | opened(browser, path))
    db.expire_all()

    assert answer.status_code == 302
    assert template.title == "Web shop"
    [event] = events(db)
    assert (event.before, event.after) == ({"title": "Old"}, {"title": "Web shop"})


def test_saving_an_unchanged_form_changes_nothing(sign_in, make, db):
    template = make.template(title="Same", description="As it was", content="One\nTwo", tags=["web"])
    browser = sign_in(Role.ADMIN)
    path = f"/admin/template/edit/?id={template.id}"
    page = Page(browser.get(path))
    names = ("title", "description", "content", "tags", "combo_type", "seen")
    form = {name: page.field(name).replace("\n", "\r\n") for name in names}

    assert browser.post(path, form).status_code == 302
    assert events(db) == []


def test_a_stale_form_does_not_overwrite_the_newer_template(sign_in, make, db):
    template = make.template(title="Old")
    browser, colleague = sign_in(Role.ADMIN), sign_in(Role.ADMIN)
    path = f"/admin/template/edit/?id={template.id}"
    mine, theirs = opened(browser, path), opened(colleague, path)
    colleague.post(path, FORM | theirs | {"title": "Theirs"})

    answer = browser.post(path, FORM | mine | {"title": "Mine"})
    db.expire_all()

    assert answer.status_code == 409
    assert "This record changed since you opened it" in answer.text
    assert Page(answer).field("title") == "Mine"
    assert template.title == "Theirs"


def test_the_same_form_sent_twice_is_saved_once_without_complaint(sign_in, make, db):
    template = make.template(title="Old", content="Build\nit.", tags=["web", "shop"], combo_type=TemplateCombo.WEB)
    browser = sign_in(Role.ADMIN)
    path = f"/admin/template/edit/?id={template.id}"
    form = FORM | opened(browser, path)

    assert [browser.post(path, form).status_code for _ in range(2)] == [302, 302]
    assert len(events(db)) == 1


def test_a_deleted_template_leaves_the_sessions_that_chose_it(sign_in, make, db):
    template = make.template()
    session = make.session(recommend_template_id=template.id)

    answer = sign_in(Role.ADMIN).post("/admin/template/delete/", {"id": str(template.id)})
    db.expire_all()

    assert answer.status_code == 302
    assert session.recommend_template_id is None
    [event] = events(db)
    assert (event.tag, event.before["title"]) == ("template:delete", "A template")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_others_read_templates_and_are_offered_no_way_to_change_them(sign_in, make, role):
    template = make.template(content="One\nTwo")
    browser = sign_in(role)

    page = Page(browser.get("/admin/template/"))

    assert page.count == 1
    for way in ("/new/", "/edit/", "/delete/", "action-checkbox"):
        assert way not in page.html
    assert Page(browser.get(f"/admin/template/details/?id={template.id}")).details["Content"] == "One Two"
