"""Saving what somebody else changed meanwhile: whose each field is, and who chooses."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from app import create_app
from extensions import database
from models import PromptTemplate, Role, TemplateCombo
from tests.admin_views.conftest import Kind
from tests.admin_views.pages import Page, text_of
from tests.client import Browser
from tests.conftest import NOW, settings_for
from tests.records import Records
from tests.trail import events

FIELDS = ("title", "description", "content", "tags", "combo_type", "seen")


def fields_of(answer, names=FIELDS):
    page = Page(answer)
    return {name: page.field(name) for name in names}


def conflicts(answer):
    """The fields about which the page asks."""
    return re.findall(r'name="conflict" value="(\w+)"', answer.text)


@pytest.fixture
def template(make):
    return make.template(title="Old", description="Plain", content="One two three.", combo_type=TemplateCombo.WEB)


@pytest.fixture
def path(template):
    return f"/admin/template/edit/?id={template.id}"


@pytest.fixture
def stale(sign_in, path, template, db):
    """Opens the form, has somebody change the template, and sends the form: `stale(theirs, mine)`."""
    browser = sign_in(Role.ADMIN)

    def stale(theirs, mine):
        form = fields_of(browser.get(path))
        for name, value in theirs.items():
            setattr(template, name, value)
        db.flush()
        return browser, browser.post(path, form | mine)

    return stale


def test_what_only_others_changed_is_theirs_and_what_only_i_changed_is_mine(stale, path, template, db):
    browser, answer = stale({"description": "Theirs"}, {"title": "Mine"})

    assert (answer.status_code, conflicts(answer)) == (409, [])
    assert "Theirs: Description" in text_of(answer.text)
    assert "Yours: Title" in text_of(answer.text)
    assert 'id="merge-title" tabindex="-1" autofocus' in answer.text
    db.expire_all()
    assert template.title == "Old"

    assert browser.post(path, fields_of(answer)).status_code == 302
    db.expire_all()
    assert (template.title, template.description) == ("Mine", "Theirs")


def test_who_was_faster_is_said(sign_in, path, template):
    browser, colleague = sign_in(Role.ADMIN), sign_in(Role.ADMIN)
    form = fields_of(browser.get(path))
    colleague.post(path, form | {"title": "Theirs"})

    answer = browser.post(path, form | {"title": "Mine"})

    assert f"The last to change it was {colleague.user.email}" in text_of(answer.text)


def test_of_a_field_that_both_changed_the_person_chooses(stale, path, template, db):
    browser, answer = stale({"title": "Theirs"}, {"title": "Mine"})

    assert (answer.status_code, conflicts(answer)) == (409, ["title"])
    assert "Yours: Mine" in text_of(answer.text)
    assert "Theirs: Theirs" in text_of(answer.text)
    assert Page(answer).field("title") == "Mine"
    form = fields_of(answer) | {"conflict": "title"}

    unsaid = browser.post(path, form)
    assert (unsaid.status_code, conflicts(unsaid)) == (409, ["title"])
    assert "Choose which to save." in unsaid.text
    assert browser.post(path, form | {"choose-title": "neither"}).status_code == 409
    assert browser.post(path, form | {"choose-title": "mine"}).status_code == 302
    db.expire_all()
    assert template.title == "Mine"


def test_theirs_can_be_taken_even_where_mine_can_not_be_saved(stale, path, template, db):
    browser, answer = stale({"title": "Theirs"}, {"title": "Mine", "description": "Mine too"})

    sent = fields_of(answer) | {"conflict": "title", "choose-title": "theirs", "title": "x" * 300}
    assert browser.post(path, sent).status_code == 302
    db.expire_all()
    assert (template.title, template.description) == ("Theirs", "Mine too")


def test_a_result_of_both_can_be_written(stale, path, template, db):
    browser, answer = stale({"content": "One 2 three."}, {"content": "One two 3."})

    browser.post(path, fields_of(answer) | {"conflict": "content", "choose-content": "mine", "content": "One 2 3."})
    db.expire_all()
    assert template.content == "One 2 3."


def test_long_texts_are_compared_and_say_what_was_removed_and_added(stale):
    theirs, mine = ("Same words. " * 10 + end for end in ("Their <b>end</b>.", "My end."))

    _, answer = stale({"content": theirs}, {"content": mine})

    [diff] = re.findall(r'<pre class="text-diff".*?</pre>', answer.text, re.DOTALL)
    assert "[removed: Their" in text_of(diff)
    assert "[added: My" in text_of(diff)
    assert "<b>end" not in answer.text


def test_the_same_change_by_both_is_no_conflict(stale, db):
    _, answer = stale({"title": "Same"}, {"title": "Same"})

    assert answer.status_code == 302
    assert events(db) == []


def test_a_version_newer_than_the_one_that_was_shown_is_asked_about_again(stale, path, template, db):
    browser, answer = stale({"title": "Theirs"}, {"title": "Mine"})
    template.title = "Theirs again"
    db.flush()

    again = browser.post(path, fields_of(answer) | {"conflict": "title", "choose-title": "mine"})

    assert (again.status_code, conflicts(again)) == (409, ["title"])
    assert "Theirs: Theirs again" in text_of(again.text)


@pytest.mark.parametrize("seen", ["", "|", "x", "|title:0000", "2026-11-25T12:00:00+00:00|\x00"])
def test_a_form_that_does_not_know_its_version_overwrites_nothing_unseen(sign_in, path, template, db, seen):
    browser = sign_in(Role.ADMIN)

    answer = browser.post(path, fields_of(browser.get(path)) | {"seen": seen, "title": "Mine"})
    db.expire_all()

    assert (answer.status_code, conflicts(answer)) == (409, ["title"])
    assert template.title == "Old"


def test_the_form_does_not_tell_what_it_says_of_the_fields(sign_in, path, template, db):
    browser = sign_in(Role.ADMIN)
    seen = Page(browser.get(path)).field("seen")
    template.title = "Else"
    db.flush()

    assert re.fullmatch(r"\|(\w+:[0-9a-f]{16} ?)+", seen)
    assert Page(browser.get(path)).field("seen") != seen


def test_a_form_made_from_a_model_is_merged_alike(at_shops, shops, db):
    shop = shops(name="Old", kind=Kind.MARKET)
    browser = at_shops(Role.ADMIN)
    path = f"/admin/edited/edit/?id={shop.id}"
    form = {name: Page(browser.get(path)).field(name) for name in ("name", "kind", "seen")}
    shop.name, shop.kind = "Theirs", Kind.CORNER_SHOP
    db.flush()

    answer = browser.post(path, form | {"name": "Mine"})

    assert (answer.status_code, conflicts(answer)) == (409, ["name"])
    assert Page(answer).field("kind") == "corner_shop"
    sent = {name: Page(answer).field(name) for name in ("name", "kind", "seen")}
    assert browser.post(path, sent | {"conflict": "name", "choose-name": "mine"}).status_code == 302
    db.expire_all()
    assert (shop.name, shop.kind) == ("Mine", Kind.CORNER_SHOP)


def test_a_record_that_was_deleted_meanwhile_is_not_found(sign_in, path, template, db):
    browser = sign_in(Role.ADMIN)
    form = fields_of(browser.get(path))
    db.delete(db.get(PromptTemplate, template.id))
    db.flush()

    assert browser.post(path, form).status_code == 404


def test_of_two_who_save_at_once_one_is_asked(fresh_database_url, fresh_db):
    make = Records(fresh_db, NOW)
    template_id, users = make.template(title="Old").id, [make.user(role=Role.ADMIN) for _ in range(2)]
    make.save()
    app = create_app(settings_for(fresh_database_url))
    browsers = [Browser(app, user) for user in users]
    path = f"/admin/template/edit/?id={template_id}"
    form = fields_of(browsers[0].get(path))

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: one.post(path, form | {"title": f"By {one.user.email}"}), browsers))
    with app.app_context():
        database.engine.dispose()

    assert sorted(answer.status_code for answer in answers) == [302, 409]
