"""The search of a list: what is typed, and the rows and chips that come of it."""

from urllib.parse import parse_qsl, quote_plus, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import func

import standings
from extensions import db_session
from models import DeployStatus, Role, SessionStatus
from tests.admin_views.pages import Page, listed
from tests.conftest import NOW, actor_of

LISTS = ("session", "project", "project_config", "template", "room", "deploy", "attempt", "user", "audit_event")
EVIL = (
    '"',
    '""',
    '-"',
    "-",
    ":",
    "status:",
    '-status:"',
    "%",
    "_",
    "\\",
    "'",
    "(((",
    "a" * 200,
    "9" * 60,
    "{}",
    "\u202e",
    "é" * 90,
)


def search(browser, text, *, endpoint="session", more=""):
    return listed(browser, f"?search={quote_plus(text)}{more}", endpoint=endpoint)


def led_to(browser, text, *, endpoint="session", more=""):
    """The arguments of the address to which a search leads; None where it leads nowhere."""
    answer = browser.get(f"/admin/{endpoint}/?search={quote_plus(text)}{more}")
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query)) if answer.status_code == 302 else None


def test_words_are_found_in_columns_and_in_related_tables(sign_in, make):
    ana = make.user(email="ana@shops.example", name="Ana Ruiz")
    make.session(user=ana, purpose="Teapots")
    make.session(purpose="Teapots of others")
    make.deploy(session=make.session(user=ana, purpose="Kettles"), hook_url="https://hooks.example.com/a")
    browser = sign_in(Role.VIEWER)

    assert search(browser, "TEAPOTS ruiz").column("purpose") == ["Teapots"]
    assert search(browser, "kettles hooks.example", endpoint="deploy").rows == 1
    assert search(sign_in(Role.OPERATOR), "kettles shops.example hooks.example", endpoint="deploy").rows == 1
    assert search(browser, "kettles nobody", endpoint="deploy").rows == 0


def test_phrases_and_what_is_excluded(sign_in, make):
    for purpose in ("Red teapots", "Teapots, red ones", "Red teapots, broken"):
        make.session(purpose=purpose)
    browser = sign_in(Role.VIEWER)

    assert search(browser, '"red teapots" -broken').column("purpose") == ["Red teapots"]
    assert search(browser, 'red -"red teapots"').column("purpose") == ["Teapots, red ones"]


def test_the_beginning_of_an_id_is_found(sign_in, make):
    make.session(id=UUID("abcd1234-5678-4000-8000-000000000001"), purpose="This one")
    make.session(purpose="Another")

    assert search(sign_in(Role.VIEWER), "abcd1234-5").column("purpose") == ["This one"]


def test_a_number_that_is_a_key_is_found_whole(at_shops, shops):
    shops(id=123, name="This one")
    shops(id=1234, name="Another")
    shops(id=5, name="Shop 123")
    browser = at_shops(Role.VIEWER)

    assert sorted(search(browser, "123", endpoint="shop").column("name")) == ["Shop 123", "This one"]
    for beyond in ("99999999999", "9" * 18, "9" * 60):
        assert search(browser, beyond, endpoint="shop").rows == 0


def test_a_member_finds_no_rows_of_others(sign_in, make):
    make.session(purpose="Teapots")

    assert search(sign_in(Role.MEMBER), "teapots").rows == 0


@pytest.mark.parametrize(
    ("endpoint", "typed", "arguments"),
    [
        ("session", "status:failed", {"flt0_status_equals": "failed"}),
        ("session", "status:Failed", {"flt0_status_equals": "failed"}),
        ("session", "-status:failed", {"flt0_status_not_equal": "failed"}),
        ("session", "status:draft,failed", {"flt0_status_in_list": "draft,failed"}),
        ("session", 'purpose:"red teapots"', {"flt0_purpose_contains": "red teapots"}),
        ("session", "-purpose:red", {"flt0_purpose_not_contains": "red"}),
        ("session", "purpose:=red", {"flt0_purpose_equals": "red"}),
        ("session", "purpose:none", {"flt0_purpose_empty": "1"}),
        ("session", "purpose:any", {"flt0_purpose_empty": "0"}),
        ("session", 'purpose:"none"', {"flt0_purpose_contains": "none"}),
        ("session", "user.email:ana", {"flt0_persons_email_contains": "ana"}),
        ("session", "email:ana", {"flt0_persons_email_contains": "ana"}),
        ("session", "persons_email:ana", {"flt0_persons_email_contains": "ana"}),
        ("session", "before:2026-11-01", {"flt0_updated_smaller_than": "2026-11-01"}),
        ("session", "after:24h", {"flt0_updated_within": "24h"}),
        (
            "session",
            "created_at:2026-11-01",
            {"flt0_created_between": "2026-11-01 00:00:00 to 2026-11-01 23:59:59.999999"},
        ),
        ("attempt", "status_code:>499", {"flt0_code_greater_than": "499"}),
        ("attempt", "status_code:>=500", {"flt0_code_at_least": "500"}),
        ("attempt", "code:<=499", {"flt0_code_at_most": "499"}),
        ("attempt", "code:500..599", {"flt0_code_between": "500 to 599"}),
        ("attempt", "outcome:yes", {"flt0_outcome_equals": "1"}),
        ("attempt", "outcome:false", {"flt0_outcome_equals": "0"}),
        ("attempt", 'error_kind:"timed out"', {"flt0_error_equals": "timeout"}),
        ("template", "tags:blog", {"flt0_tags_has": "blog"}),
    ],
)
def test_a_qualifier_leads_to_the_filter_that_it_stands_for(sign_in, endpoint, typed, arguments):
    browser = sign_in(Role.ADMIN)

    led = led_to(browser, typed, endpoint=endpoint)

    assert {name: value for name, value in led.items() if name != "page_size"} == arguments


def test_qualifiers_join_the_filters_in_force_and_words_stay_to_be_searched_for(sign_in, make):
    make.session(purpose="Red teapots", status=SessionStatus.FAILED)
    browser = sign_in(Role.VIEWER)
    typed = 'status:failed -"blue ones" purpose:red teapots status:failed'

    led = led_to(browser, typed, more="&flt0_status_equals=failed&order=purpose&page=3")
    page = search(browser, typed)

    assert led["search"] == '-"blue ones" teapots'
    assert (led["order"], led.get("page")) == ("purpose", None)
    assert [value for name, value in led.items() if name.startswith("flt")] == ["failed", "red"]
    assert page.chips == ['Search -"blue ones" teapots', "Status equals Failed", "Purpose contains red"]
    assert page.column("purpose") == ["Red teapots"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("status:bogus", "“status:bogus” can’t be used: it needs one of Draft, Completed, Failed."),
        ("status:>5", "“status:>5” can’t be used: there is status:draft, status:draft,completed."),
        ("status:", "“status:” can’t be used: there is status:draft, status:draft,completed."),
        ("before:someday", "“before:someday” can’t be used: it needs a time in UTC"),
        ("-before:2026-11-01", "“-before:2026-11-01” can’t be used: there is before:2026-11-01."),
        ("-updated_at:>=2026-11-01", "“-updated_at:>=2026-11-01” can’t be used: there is updated_at:24h"),
        ("id:3f2b", "“id:3f2b” can’t be used: it needs a whole id"),
        ("a " * 21, "A search has at most 20 words, phrases and qualifiers."),
    ],
)
def test_a_qualifier_that_cannot_be_used_stays_shows_nothing_and_says_why(sign_in, make, typed, why):
    make.session(purpose="teapots")

    page = search(sign_in(Role.VIEWER), f"status:failed teapots {typed}")

    assert any(message.startswith(why) for message in page.messages)
    assert page.rows == 0
    assert page.field("search") == f"status:failed teapots {typed}"


def test_a_word_before_a_colon_that_names_no_column_is_looked_for_as_it_stands(sign_in, make):
    make.session(purpose="See http://example.com at 10:30, staus:failed")
    browser = sign_in(Role.VIEWER)

    plain, mistyped = search(browser, "http://example.com 10:30"), search(browser, "staus:failed")

    assert (plain.rows, plain.messages) == (1, [])
    assert mistyped.rows == 1
    assert mistyped.messages == [
        "“staus:failed” was looked for as a word, since there is no “staus:”. There is status:, updated_at:, "
        "created_at:, deploy_triggered_at:, purpose:, target_audience:, model_preference:, hosting_target:…"
    ]


def test_qualifiers_count_where_no_chips_are_made_of_them_too(sign_in, make):
    make.deploy(status=DeployStatus.SUCCEEDED, created_at=NOW)
    make.deploy(status=DeployStatus.DEAD_LETTERED, created_at=NOW)
    browser = sign_in(Role.VIEWER)

    refused = browser.get("/admin/deploy/export/csv/?search=status:bogus")
    export = browser.get("/admin/deploy/export/csv/?search=status:dead_lettered")

    assert export.text.count("dead_lettered") + export.text.count("Dead-lettered") == 1
    assert "ucceeded" not in export.text
    assert refused.status_code == 422
    assert "status:bogus" in refused.text


def test_the_box_offers_the_qualifiers_and_says_how_to_search(sign_in):
    page = Page(sign_in(Role.VIEWER).get("/admin/deploy/"))

    assert "data-search-suggestions=" in page.html
    assert "<code>status:queued</code>" in page.html
    assert "<code>before:2026-11-01</code>" in page.html


@pytest.mark.parametrize("endpoint", LISTS)
def test_nothing_that_is_typed_is_a_fault(app, db, make, endpoint):
    make.attempt()
    [admin] = app.extensions["admin"]
    [view] = [view for view in admin._views if view.endpoint == endpoint]

    admin_of_all = actor_of(make.user(role=Role.ADMIN))

    with app.test_request_context():
        standings.recognise(db_session(), admin_of_all)
        for evil in EVIL:
            for typed in (
                evil,
                f"-{evil}",
                f"id:{evil}",
                f"-{view.qualifiers.names()[0]}:>{evil}",
                f"before:{evil}",
                f"x {evil}",
            ):
                if view.can_search(typed):
                    query = db.query(func.count()).select_from(view.model)
                    query, *_ = view._apply_search(query, None, {}, {}, typed)
                    assert query.scalar() >= 0
                else:
                    assert all(view.search_problems(typed))


@pytest.mark.parametrize("typed", EVIL)
def test_whatever_is_typed_is_answered_with_the_list(sign_in, typed):
    assert sign_in(Role.VIEWER).get(f"/admin/session/?search={quote_plus(typed)}").status_code in (200, 302)
