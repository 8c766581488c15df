"""Flask-Admin's lists in the theme, for views that were written without it, as a browser without scripts has them."""

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from admin_views.list_filters import Operator, columns
from models import Role
from tests.admin_views.pages import Page, text_of
from tests.admin_views.plain_app import OF_FLASK_ADMIN, Author, AuthorListView
from tests.admin_views.test_theme_forms import INLINE, OLD

pytestmark = OF_FLASK_ADMIN

PAGES = (
    "authors/",
    "windows/",
    "rules/",
    "genres/",
    "paged/",
    "redis/",
    "listed/",
    "listed/?search=a&flt0_name_contains=a&flt1_mood_in_list=calm,cross&sort=0&desc=1&page_size=2",
    "listed/?search=nobody",
)
VALUES = {
    "text": "x",
    "number": "44",
    "decimal": "1.5",
    "tags": "1,2",
    "date": "2026-11-25",
    "daterange": "2026-11-24 to 2026-11-25",
    "datetime": "2026-11-25 12:00:00",
    "datetimerange": "2026-11-24 00:00:00 to 2026-11-25 00:00:00",
    "time": "12:00:00",
    "timerange": "06:00:00 to 07:00:00",
}


@pytest.fixture
def operators(plain_app, reader) -> dict[str, tuple[Operator, ...]]:
    [admin] = plain_app.extensions["admin"]
    view = next(view for view in admin._views if isinstance(view, AuthorListView))
    with plain_app.test_request_context():
        return columns(view, view._get_filter_groups())


def see(reader, path: str) -> Page:
    return Page(reader.get(f"/admin/{path}", follow_redirects=True))


def tag(page: Page, pattern: str) -> str:
    found = re.search(rf"<[^>]*{pattern}[^>]*>", page.html)
    assert found, f"Nothing has {pattern}."
    return unescape(found[0])


@pytest.mark.parametrize("path", PAGES)
def test_the_list_brings_nothing_of_another_decade_and_nothing_inline(reader, path):
    answer = reader.get(f"/admin/{path}")

    assert answer.status_code == 200
    assert OLD.findall(re.sub(r'data-role="x-editable[^"]*"', "", answer.text)) == []  # Flask-Admin's own word for it
    assert INLINE.findall(answer.text) == []


def test_a_filter_of_every_type_is_added_by_a_plain_form_and_named_by_its_chip(reader, operators):
    wrong = []
    for column, group in operators.items():
        for operator in group:
            value = operator.options[0][0] if operator.options else VALUES[operator.kind]
            page = Page(
                reader.get(
                    "/admin/listed/",
                    query_string={"add_filter": operator.argument, "filter_value": value},
                    follow_redirects=True,
                )
            )
            if page.chips != [f"{column} {operator.label} {operator.words(value)}"] or page.messages:
                wrong.append((column, operator.label, page.status, page.chips, page.messages))

    assert wrong == []
    kinds = {operator.kind for group in operators.values() for operator in group}
    assert kinds == {*VALUES, "choice"}


def test_one_more_filter_keeps_all_else_but_the_page(reader):
    answer = reader.get(
        "/admin/listed/?search=a&sort=1&desc=1&page=3&page_size=2&flt7_age_equals=44"
        "&add_filter=name_contains&filter_value=+Ana+"
    )

    assert answer.headers["Location"] == (
        "/admin/listed/?search=a&sort=1&desc=1&page=3&page_size=2&flt7_age_equals=44&flt8_name_contains=Ana"
    ).replace("&page=3", "")


def test_a_changed_filter_keeps_its_place_and_its_alternatives(reader):
    answer = reader.get(
        "/admin/listed/?flt0a_name_equals=Ana&flt2_born_empty=0&add_filter=age_equals&filter_value=44&filter_as=1a&filter_or="
    )

    assert answer.headers["Location"] == "/admin/listed/?flt0a_name_equals=Ana&flt2_born_empty=0&flt1a_age_equals=44"


@pytest.mark.parametrize(
    ("alternative_to", "address"),
    [
        ("0", "flt0b_kind_equals=market&flt1a_open_equals=1&flt2a_open_empty=1&flt3b_name_equals=Tea"),
        ("2", "flt0_kind_equals=market&flt1a_open_equals=1&flt2a_open_empty=1&flt3a_name_equals=Tea"),
        ("9", "flt0_kind_equals=market&flt1a_open_equals=1&flt2a_open_empty=1&flt3_name_equals=Tea"),
        ("", "flt0_kind_equals=market&flt1a_open_equals=1&flt2a_open_empty=1&flt3_name_equals=Tea"),
    ],
)
def test_a_filter_is_added_as_an_alternative_to_another(at_shops, shops, alternative_to, address):
    answer = at_shops(Role.VIEWER).get(
        "/admin/shop/?flt0_kind_equals=market&flt1a_open_equals=1&flt2a_open_empty=1"
        f"&add_filter=name_equals&filter_value=Tea&filter_or={alternative_to}"
    )

    assert answer.headers["Location"] == f"/admin/shop/?{address}"


def test_alternatives_stand_in_a_bracket_and_each_is_changed_and_removed_alone(at_shops, shops):
    page = see(at_shops(Role.VIEWER), "shop/?flt0a_kind_equals=market&flt1_open_equals=1&flt2a_name_contains=tea")
    bracket = re.search(
        r'<span class="filter-group" role="group" aria-label="One of these">(.*?)or …</button>', page.html, re.DOTALL
    )
    assert bracket

    assert page.chips == ["Kind equals Market", "Name contains tea", "Open equals Yes"]
    assert re.findall(r'class="filter-(words|or)"', bracket[1]) == ["words", "or", "words"]
    assert "/admin/shop/?flt1_open_equals=1&amp;flt2a_name_contains=tea" in bracket[1].replace("page_size=20&amp;", "")
    assert '<input type="hidden" name="filter_as" value="2a">' in bracket[1]
    assert re.findall(r'<option value="(\d)">(.*? or .*?)</option>', page.html) == [
        ("0", "Kind equals Market or Name contains tea")
    ]
    assert page.html.count('data-alternative-to="1"') == 1


def test_lists_of_plain_flask_admin_offer_no_alternatives_and_no_values(reader):
    page = see(reader, "listed/?flt0_name_contains=a")

    assert page.chips == ["Name contains a"]
    assert "filter_or" not in page.html
    assert "data-alternative-to" not in page.html
    assert 'id="facets"' not in page.html


def test_a_filter_without_a_value_is_none(reader):
    answer = reader.get("/admin/listed/?sort=1&add_filter=name_contains&filter_value=+")

    assert answer.headers["Location"] == "/admin/listed/?sort=1"


def test_a_chip_is_removed_by_its_link_and_changed_by_its_form_and_the_others_stay(reader):
    page = see(reader, "listed/?flt0_name_contains=a&flt1_age_greater_than=40&search=ana&sort=0")
    without = re.findall(r'class="filter-remove" href="([^"]*)"', page.html)
    form = re.findall(r'<form class="filter-editor".*?</form>', page.html, re.DOTALL)[-1]

    assert page.chips == ["Search ana", "Name contains a", "Age greater than 40"]
    assert [see(reader, unescape(link).removeprefix("/admin/")).chips for link in without] == [
        ["Name contains a", "Age greater than 40"],
        ["Search ana", "Age greater than 40"],
        ["Search ana", "Name contains a"],
    ]
    assert set(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', form)) >= {
        ("flt0_name_contains", "a"),
        ("search", "ana"),
        ("sort", "0"),
    }
    assert 'value="age_greater_than" data-kind="number" selected' in form
    assert 'name="filter_value" value="40"' in form


def test_a_value_that_is_long_or_markup_is_shown_as_text(reader):
    page = see(reader, f"listed/?flt0_name_contains=<b>{'x' * 200}")

    assert page.chips == [f"Name contains <b>{'x' * 56}…"]
    assert "<b>xxx" not in page.html


@pytest.mark.parametrize("question", ["?add_filter=nothing&filter_value=1", "?add_filter=&filter_value=1"])
def test_a_filter_that_is_none_changes_nothing(reader, question):
    assert see(reader, f"listed/{question}").status == 200


def test_filters_without_names_are_added_by_their_numbers(reader):
    page = see(reader, "authors/?add_filter=0&filter_value=Ana")

    assert page.chips == ["Name contains Ana"]
    assert page.count == 1


def test_an_act_that_asks_does_so_on_a_page_before_it_is_done(reader):
    page = see(reader, "listed/")
    asked = reader.post(
        "/admin/listed/action/?ask=1", {"action": "praise", "rowid": ["1", "2"], "url": "/admin/listed/?sort=0"}
    )
    done = reader.post("/admin/listed/action/", {"action": "praise", "rowid": ["1", "2"]}, follow_redirects=True)

    assert 'formaction="/admin/listed/action/?ask=1"' in tag(page, 'value="praise"')
    assert "formaction" not in tag(page, 'value="greet"')
    assert asked.status_code == 200
    assert "Praise the selected authors?" in asked.text
    assert asked.text.count('name="rowid"') == 2
    assert 'href="/admin/listed/?sort=0"' in asked.text
    assert Page(done).messages == ["Praised 1, 2."]


@pytest.mark.parametrize(
    "form", [{"action": "praise"}, {"action": "greet", "rowid": "1"}, {"action": "nothing", "rowid": "1"}, {}]
)
def test_there_is_nothing_to_ask_where_nothing_would_be_done_or_no_question_was_written(reader, form):
    assert reader.post("/admin/listed/action/?ask=1", form).status_code == 302


def test_a_record_is_deleted_only_after_it_was_asked(reader, library, db):
    button = re.search(
        r'<form class="row-form" method="post" action="([^"]*delete/[^"]*)"', see(reader, "listed/").html
    )
    assert button
    asked = reader.post(unescape(button[1]), {"id": library.id})
    before = db.scalar(select(func.count()).where(Author.id == library.id))
    reader.post("/admin/listed/delete/", {"id": library.id})

    assert (asked.status_code, before) == (200, 1)
    assert "Are you sure you want to delete this record?" in asked.text
    assert db.scalar(select(func.count()).where(Author.id == library.id)) == 0


def test_nobody_is_asked_about_what_their_role_does_not_permit(at_shops, shops):
    shop = shops()

    answer = at_shops(Role.VIEWER).post("/admin/edited/action/?ask=1", {"action": "delete", "rowid": shop.id})

    assert answer.status_code == 403


def test_a_list_says_how_many_there_are_and_which_these_are(reader):
    page = see(reader, "listed/?page_size=2&sort=0")
    shown = re.search(r'<span class="list-range">([^<]*)</span>', page.html)

    assert (page.count, page.rows) == (2, 2)
    assert shown
    assert shown[1] == "1–2 of 2"


def test_a_list_without_a_count_has_pages_all_the_same(reader):
    first, second = see(reader, "paged/"), see(reader, "paged/?page=1")

    assert 'rel="next"' in first.html
    assert 'rel="prev"' in second.html
    assert first.column("name") != second.column("name")


def test_templates_that_build_on_flask_admins_list_still_do(reader):
    page = see(reader, "paged/")
    empty = see(reader, "paged/?flt0_0=nobody")

    assert "Before the filters" in page.html
    assert "<th>Told</th>" in page.html
    assert re.search(r'<td class="told">\w.*, told</td>', page.html)
    assert "Nobody is told." in empty.html


def test_what_a_column_means_can_be_asked_for(reader):
    page = see(reader, "listed/")

    assert tag(page, "column-hint").count("Of all books, in euros.") == 1
    assert ">Of all books, in euros.</div>" in page.html


def test_acts_on_a_row_have_names_and_icons_of_the_sprite(reader, library):
    page = see(reader, "listed/?search=ana")
    cell = re.search(r'<div class="row-actions">(.*?)</div></td>', page.html, re.DOTALL)
    assert cell
    buttons = re.findall(r'<(?:a|button)[^>]*class="row-action[^>]*title="([^"]*)".*?#([\w-]+)"', cell[1], re.DOTALL)

    assert buttons == [
        ("View Record", "eye"),
        ("Edit Record", "pencil"),
        ("Delete Record", "trash"),
        ("Launch", "rocket"),
        ("Set up", "settings"),
    ]
    assert f'href="https://example.com/{library.id}"' in cell[1]


def test_cells_that_can_be_edited_are_plain_text_that_says_how(reader, library):
    page = see(reader, "listed/?search=ana")
    born, active = tag(page, 'id="born"'), tag(page, 'id="active"')

    assert page.column("born") == ["1981-02-03"]
    assert page.column("active") == ["Yes"]
    assert f'data-pk="{library.id}"' in born
    assert 'data-format="YYYY-MM-DD"' in born
    assert "data-source=" in active
    assert "href" not in born


def test_an_edited_cell_is_saved_and_a_wrong_one_says_why(reader, library, db):
    saved = reader.post("/admin/listed/ajax/update/", {"list_form_pk": library.id, "age": "45"})
    wrong = reader.post("/admin/listed/ajax/update/", {"list_form_pk": library.id, "name": ""})
    db.expire_all()

    assert (saved.status_code, library.age) == (200, 45)
    assert "This field is required." in wrong.text


def test_an_export_selects_what_the_list_selects(reader):
    page = see(reader, "listed/?search=ana&flt0_age_equals=44&page=0")

    links = [unescape(link) for link in re.findall(r'href="(/admin/listed/export/[^"]*)"', page.html)]

    assert links == [
        f"/admin/listed/export/{kind}/?search=ana&page_size=20&flt0_age_equals=44" for kind in ("csv", "json")
    ]


def test_links_that_open_windows_lead_to_pages_where_no_script_runs(reader):
    page = see(reader, "windows/")
    links = re.findall(r'<a[^>]*href="([^"]*)"[^>]*data-modal="([^"]*)"', page.html)

    assert len(links) == 1 + 2 * page.rows
    assert {target for _, target in links} == {"fa_modal_window"}
    assert 'id="fa_modal_window"' in tag(page, "dialog")
    assert [see(reader, unescape(link).removeprefix("/admin/")).status for link, _ in links] == [200] * len(links)


def test_a_list_of_another_view_that_nothing_matches_can_be_had_back(reader):
    unmatched = see(reader, "listed/?search=nobody").html

    assert "Nothing matches the search and filters." in unmatched
    assert "Clear filters" in unmatched


@pytest.mark.parametrize(
    ("role", "path", "says", "offers"),
    [
        (Role.ADMIN, "edited/", "No shop yet.", "Create"),
        (Role.ADMIN, "shop/", "No shop yet.", None),
        (Role.ADMIN, "shop/?search=nothing", "No shop match the search and filters.", "Clear filters"),
        (Role.ADMIN, "shop/?search=a%00b", "Nothing is shown, since the search or a filter can’t", "Clear filters"),
        (
            Role.ADMIN,
            "shop/?flt0_kind_equals=x",
            "Nothing is shown, since the search or a filter can’t",
            "Clear filters",
        ),
        (Role.MEMBER, "shop/", "No shop that you may see.", None),
    ],
)
def test_each_way_to_be_empty_says_what_to_do(at_shops, shops, role, path, says, offers):
    page = see(at_shops(role), path)
    state = re.search(r'<div class="empty-state">(.*?)</div>\s*</div>', page.html, re.DOTALL)
    assert state
    acts = re.search(r'class="btn[^>]*>(.*?)</a>', state[1], re.DOTALL)

    assert says in text_of(state[1])
    assert (text_of(acts[1]) if acts else None) == offers


def test_rows_of_what_the_live_connection_tells_of_can_be_renewed_and_opened(sign_in, make):
    session = make.session()

    page = Page(sign_in(Role.VIEWER).get("/admin/session/"))

    assert "data-live-rows" in tag(page, 'data-live="session"')
    row = tag(page, f'data-row="session:{session.id}"')
    assert f'data-row-link="/admin/session/details/?id={session.id}' in row
    assert "data-edit-link" not in row


def test_rows_of_other_views_lead_to_their_details_and_their_form(reader, library):
    row = tag(see(reader, "listed/?search=ana"), "data-row-link")

    assert f"/admin/listed/details/?id={library.id}" in row
    assert f"/admin/listed/edit/?id={library.id}" in row
    assert "data-row=" not in row


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("ping", "OK"),
        ("KEYS a", '"a1&lt;b&gt;" "a2&lt;b&gt;"'),
        ("help ping", "Answer."),
        ("fly", "Cli: Invalid command."),
        ("", "Cli: Empty command."),
    ],
)
def test_redis_answers_commands(reader, command, answer):
    said = reader.post("/admin/redis/run/", {"cmd": command})

    assert " ".join(re.sub(r"<[^>]*>", " ", said.text).split()) == answer
