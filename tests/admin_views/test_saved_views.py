"""Saved views as people meet them: on lists, in the navigation, and on their own page."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from models import Role, SavedView, SessionStatus
from services import list_preferences, view_pins
from tests.admin_views.pages import Page, text_of
from tests.conftest import actor_of
from tests.records import NOBODY

FAILED = "flt0_status_equals=failed"
VIEWS = "/console/views/"


@pytest.fixture
def ana(make):
    return make.user(role=Role.OPERATOR)


def address_of(view, endpoint="session"):
    return f"/admin/{endpoint}/?view={view.id}&{view.arguments}"


def bar(page):
    """What stands above the list, in words."""
    found = re.search(r'<div class="views"[^>]*>(.*?)\n</div>', page.text, re.DOTALL)
    return text_of(found[1]) if found else None


def kept_arguments(page):
    """What the form that saves the page's view sends."""
    return unescape(
        re.search(r'name="arguments" value="([^"]*)">\s*<(?:div|button)', page.text[page.text.index("save-view") :])[1]
    )


def pinned_in(page):
    """Names in the navigation, and where their counts come from."""
    entries = re.findall(r'class="pinned-name">([^<]*)<.*?hx-get="([^"]*)"', page.text)
    return [(unescape(name), unescape(url)) for name, url in entries]


def test_a_list_without_arguments_or_views_speaks_of_none(sign_in):
    assert bar(sign_in(Role.MEMBER).get("/admin/session/")) is None


def test_what_a_list_shows_is_saved_under_a_name_and_found_again(sign_in, db, ana):
    person = sign_in(user=ana)
    page = person.get(f"/admin/session/?search=tea&{FAILED}&order=-status&columns=status,purpose&page_size=50&page=0")

    answer = person.post(VIEWS, {"endpoint": "session", "name": "Tea", "arguments": kept_arguments(page)})
    there = person.get(answer.location)

    view = db.query(SavedView).one()
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query) == {
        "view": [str(view.id)],
        "search": ["tea"],
        "flt0_status_equals": ["failed"],
        "order": ["-status"],
        "columns": ["status,purpose"],
        "page_size": ["50"],
    }
    assert "The view is saved." in Page(there).messages
    assert "Tea" in bar(there)
    assert "Changed" not in bar(there)


def test_a_page_further_on_is_no_change_of_its_view_and_another_filter_is(sign_in, make, ana):
    view = make.saved_view(owner=ana)
    for _ in range(21):
        make.session(status=SessionStatus.FAILED)
    person = sign_in(user=ana)
    page = person.get(address_of(view))
    further = unescape(re.search(r'href="([^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*)"', page.text).group(0))
    further = re.search(r'href="([^"]*)"', further)[1]

    assert "Changed" not in bar(page)
    assert "Changed" not in bar(person.get(further))
    changed = bar(person.get(f"/admin/session/?view={view.id}&flt0_status_equals=draft"))
    assert [word for word in ("Changed", "Save", "Reset", "Save as…") if word not in changed] == []


def test_a_changed_view_is_overwritten_by_what_the_page_shows(sign_in, make, db, ana):
    view = make.saved_view(owner=ana)
    person = sign_in(user=ana)
    page = person.get(f"/admin/session/?view={view.id}&search=tea")

    answer = person.post(f"{VIEWS}{view.id}/arguments", {"arguments": kept_arguments(page)})

    db.refresh(view)
    assert view.arguments == "search=tea"
    assert "Changed" not in bar(person.get(answer.location))


def test_somebody_elses_changed_view_is_reset_or_saved_as_ones_own_only(sign_in, make, ana):
    view = make.saved_view(is_shared=True)
    person = sign_in(user=ana)
    page = person.get(f"/admin/session/?view={view.id}&search=tea")

    assert "/arguments" not in page.text
    assert "Save as…" in bar(page)
    assert person.post(f"{VIEWS}{view.id}/arguments", {"arguments": "search=tea"}).status_code == 403


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        ({"name": ""}, 422, "This is needed."),
        ({"name": "x" * 61}, 422, "at most 60 fit"),
        ({"name": "a\x00"}, 422, "can&#39;t be stored"),
        ({"name": "fAILED"}, 409, "There is a view “fAILED” of this list already."),
        ({"name": "Long", "arguments": "search=" + "x" * 4_000}, 422, "at most 4,000 fit"),
    ],
)
def test_a_view_that_cannot_be_saved_says_why_by_its_field_and_keeps_what_was_typed(
    sign_in, make, ana, form, status, says
):
    make.saved_view(owner=ana)
    person = sign_in(user=ana)

    answer = person.post(VIEWS, {"endpoint": "session", "arguments": FAILED, "pin": "1"} | form)

    assert answer.status_code == status
    assert says in re.search(r'id="name-error"[^>]*>(.*?)</div>', answer.text)[1]
    assert Page(answer).field("name") == form["name"].replace("\x00", "") or "\x00" in form["name"]
    assert Page(answer).field("arguments") == form.get("arguments", FAILED)


def test_members_save_for_themselves_and_can_not_share(sign_in, make, db):
    member = make.user(role=Role.MEMBER)
    person = sign_in(user=member)
    form = {"endpoint": "session", "name": "Mine", "arguments": FAILED}

    assert 'name="shared"' not in person.get(f"/admin/session/?{FAILED}").text
    assert person.post(VIEWS, form | {"shared": "1"}).status_code == 403
    assert person.post(VIEWS, form).status_code == 303
    view = db.query(SavedView).one()
    assert person.post(f"{VIEWS}{view.id}", {"name": "Mine", "shared": "1"}).status_code == 403


@pytest.mark.parametrize("endpoint", ["template", "nowhere", "console", "\x00", ""])
def test_a_list_that_a_person_may_not_see_takes_no_views_of_theirs(sign_in, endpoint):
    answer = sign_in(Role.MEMBER).post(VIEWS, {"endpoint": endpoint, "name": "Mine", "arguments": ""})

    assert answer.status_code == 404


def test_a_shared_view_selects_nothing_that_its_reader_may_not_see(sign_in, make):
    view = make.saved_view(is_shared=True)
    member = make.user(role=Role.MEMBER)
    own = make.session(user=member, status=SessionStatus.FAILED, purpose="Mine")
    make.session(status=SessionStatus.FAILED, purpose="Another's")

    page = sign_in(user=member).get(address_of(view))

    assert Page(page).column("purpose") == [own.purpose]
    assert "Failed" in bar(page)


def test_a_shared_view_of_a_list_that_a_person_may_not_see_is_not_theirs_to_find(sign_in, make):
    view = make.saved_view(endpoint="template", name="Secret drafts", is_shared=True)
    member = sign_in(Role.MEMBER)

    assert "Secret drafts" not in member.get(VIEWS).text
    assert "Secret drafts" in sign_in(Role.VIEWER).get(VIEWS).text
    for act in ("", "/pin", "/default", "/arguments", "/delete"):
        assert member.post(f"{VIEWS}{view.id}{act}", {"name": "x"}).status_code == 404
    assert member.get(f"{VIEWS}{view.id}").status_code == 404


def test_a_list_opens_with_the_view_that_its_person_chose(sign_in, make, ana):
    view = make.saved_view(owner=ana)
    person = sign_in(user=ana)
    person.post(f"{VIEWS}{view.id}/default", {"back": "/admin/session/"})

    opened = person.get("/admin/session/")
    whole = person.get("/admin/session/?view=all")
    person.post(f"{VIEWS}{view.id}/default", {"off": "1"})

    assert opened.location == address_of(view)
    assert (whole.status_code, Page(whole).messages) == (200, [])
    assert person.get("/admin/session/").status_code == 200
    assert sign_in(Role.OPERATOR).get("/admin/session/").status_code == 200


def test_the_id_of_a_view_alone_leads_to_its_address(sign_in, make, ana):
    view, bare = make.saved_view(owner=ana), make.saved_view(owner=ana, name="Bare", arguments="")
    person = sign_in(user=ana)

    assert person.get(f"/admin/session/?view={view.id}").location == address_of(view)
    assert person.get(f"/admin/session/?view={bare.id}").status_code == 200


@pytest.mark.parametrize("view", [str(NOBODY), "x", "\x00", "long " * 50, "another list's", "another person's"])
def test_a_view_that_is_none_is_complained_about_and_the_list_is_shown(sign_in, make, ana, view):
    if view == "another list's":
        view = make.saved_view(owner=ana, endpoint="deploy").id
    if view == "another person's":
        view = make.saved_view().id

    page = Page(sign_in(user=ana).get("/admin/session/", query_string={"view": view, "search": "tea"}))

    assert page.status == 200
    assert page.messages == ["There is no such saved view, or none that you may see; this is the list itself."]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("flt0_gone_equals=1", "gone_equals"),
        ("flt0_status_equals=melted", "melted"),
        ("order=gone&columns=gone", "has no column “gone”"),
    ],
)
def test_a_view_of_what_a_list_has_no_more_is_told_as_by_the_list(sign_in, make, ana, arguments, says):
    view = make.saved_view(owner=ana, arguments=arguments)
    actor = actor_of(ana)
    view_pins.pin(make.db, view.id, actor=actor)
    list_preferences.open_with(make.db, view.id, actor=actor)
    person = sign_in(user=ana)

    answer = person.get("/admin/session/", follow_redirects=True)

    assert answer.status_code in (200, 422)
    assert says in answer.text
    assert person.get("/admin/session/?view=all").status_code == 200
    assert person.get(pinned_in(person.get("/console/"))[0][1]).status_code == 200


def test_a_pinned_view_is_in_the_navigation_of_every_page_with_its_count(sign_in, make, ana):
    first, second = make.saved_view(owner=ana, name="<First>"), make.saved_view(is_shared=True, name="Second")
    for _ in range(3):
        make.session(status=SessionStatus.FAILED)
    make.session()
    person = sign_in(user=ana)
    for view in (first, second):
        person.post(f"{VIEWS}{view.id}/pin", {"back": "/console/projects"})

    entries = pinned_in(person.get("/wizard/"))

    assert [name for name, _ in entries] == ["<First>", "Second"]
    count = person.get(entries[0][1])
    assert (count.status_code, count.text) == (200, "3")
    assert 'data-live="session"' in person.get("/wizard/").text
    person.post(f"{VIEWS}{second.id}/move", {"to": "up"})
    assert [name for name, _ in pinned_in(person.get("/wizard/"))] == ["Second", "<First>"]
    person.post(f"{VIEWS}{second.id}/unpin")
    assert [name for name, _ in pinned_in(person.get("/wizard/"))] == ["<First>"]


def test_a_pinned_views_count_is_of_what_its_person_may_see(sign_in, make):
    make.session(status=SessionStatus.FAILED)
    member = make.user(role=Role.MEMBER)
    make.session(user=member, status=SessionStatus.FAILED)

    assert sign_in(user=member).get(f"/admin/session/how-many/?{FAILED}").text == "1"
    assert sign_in(user=member).get(f"/admin/template/how-many/?{FAILED}").status_code == 403


@pytest.mark.parametrize("query", ["flt0_gone_equals=1", "flt0_status_equals=melted", "search=a%00b", "page_size=-1"])
def test_what_cannot_be_counted_is_a_dash(sign_in, query):
    answer = sign_in(Role.VIEWER).get(f"/admin/session/how-many/?{query}")

    assert (answer.status_code, answer.text) == (200, "–")


def test_a_view_whose_list_is_gone_is_not_shown(sign_in, make, ana):
    view = make.saved_view(owner=ana, endpoint="gone", name="Of a list that was")
    view_pins.pin(make.db, view.id, actor=actor_of(ana))
    person = sign_in(user=ana)

    assert "Of a list that was" not in person.get(VIEWS).text
    assert person.get(f"{VIEWS}{view.id}").status_code == 404


def test_a_view_is_renamed_and_shared_by_its_form(sign_in, make, db, ana):
    view = make.saved_view(owner=ana)
    person = sign_in(user=ana)
    form = Page(person.get(f"{VIEWS}{view.id}"))

    answer = person.post(f"{VIEWS}{view.id}", {"name": "Renamed", "shared": "1"})

    db.refresh(view)
    assert form.field("name") == "Failed"
    assert answer.location == address_of(view)
    assert (view.name, view.is_shared) == ("Renamed", True)
    assert "Renamed" in bar(sign_in(Role.VIEWER).get("/admin/session/"))


def test_a_view_that_cannot_be_renamed_so_says_why(sign_in, make, ana):
    view = make.saved_view(owner=ana)
    make.saved_view(owner=ana, name="Taken")

    answer = sign_in(user=ana).post(f"{VIEWS}{view.id}", {"name": "taken"})

    assert answer.status_code == 409
    assert Page(answer).field("name") == "taken"


def test_a_view_is_deleted_and_that_can_be_undone(sign_in, make, db, ana):
    view = make.saved_view(owner=ana)
    person = sign_in(user=ana)

    answer = person.post(f"{VIEWS}{view.id}/delete")
    page = person.get(answer.location)
    events = re.search(r'name="events" value="([^"]*)"', page.text)[1]
    person.post("/console/undo/", {"events": events, "back": "/admin/session/"})

    assert answer.location == "/admin/session/?view=all"
    assert "The view is deleted." in page.text
    assert "Failed" in bar(person.get("/admin/session/"))


def test_more_views_are_pinned_than_fit_is_said(sign_in, make, ana):
    for number in range(view_pins.LIMIT):
        view_pins.pin(make.db, make.saved_view(owner=ana, name=f"View {number}").id, actor=actor_of(ana))
    view = make.saved_view(owner=ana)
    person = sign_in(user=ana)

    person.post(f"{VIEWS}{view.id}/pin", {"back": VIEWS})

    assert Page(person.get(VIEWS)).messages == ["20 views are pinned, which is as many as fit. Unpin one first."]


def test_a_developers_own_list_has_views_too(at_shops, shops):
    shops(name="Corner")
    person = at_shops(Role.OPERATOR)
    answer = person.post(VIEWS, {"endpoint": "shop", "name": "Corners", "arguments": "search=corner", "pin": "1"})

    page = person.get(answer.location)

    assert Page(page).column("name") == ["Corner"]
    assert [name for name, _ in pinned_in(page)] == ["Corners"]
    assert "data-live" not in re.search(r"<span class=.pinned-count.[^>]*>", page.text)[0]
