"""Every error is a page for people and problem JSON for programs, and gives nothing away."""

import re

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.routing import Map

from admin_views.errors import error_page
from models import Role
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, StaleError

RAISED = {
    "not-found": (NotFoundError("There is no such session."), 404),
    "conflict": (ConflictError("Someone was faster."), 409),
    "stale": (StaleError("It changed."), 412),
    "invalid": (InvalidInputError("Too long.", field="purpose"), 422),
    "forbidden": (ForbiddenError("Not yours."), 403),
}
HIDDEN = {
    "bug": (RuntimeError("password=hunter2"), 500),
    "away": (OperationalError("SELECT 'hunter2'", {}, psycopg.OperationalError("hunter2")), 503),
}


@pytest.fixture(scope="module")
def failing_app(app):
    """The application with routes that raise, which other tests' walks over all routes do not meet."""
    routes = app.url_map
    app.url_map = Map([rule.empty() for rule in routes.iter_rules()], converters=routes.converters)
    for name, (error, _) in (RAISED | HIDDEN).items():
        for prefix in ("/raise", "/api/raise"):

            def view(error=error):
                raise error

            app.view_functions[f"{prefix}/{name}"] = view
            app.url_map.add(app.url_rule_class(f"{prefix}/{name}", endpoint=f"{prefix}/{name}", methods={"GET"}))
    yield app
    app.url_map = routes
    for name in [name for name in app.view_functions if "/raise/" in name]:
        del app.view_functions[name]


@pytest.mark.parametrize("name", RAISED)
def test_a_services_error_is_said_in_its_own_words(failing_app, browser, name):
    error, status = RAISED[name]

    page, problem = browser.get(f"/raise/{name}"), browser.get(f"/api/raise/{name}")

    assert page.status_code == problem.status_code == status
    assert error.message in page.text
    assert problem.content_type == "application/problem+json"
    assert problem.json["detail"] == error.message
    assert problem.json.get("field") == error.field


@pytest.mark.parametrize("name", HIDDEN)
def test_any_other_error_gives_away_nothing_but_the_requests_id(failing_app, browser, name):
    page, problem = browser.get(f"/raise/{name}"), browser.get(f"/api/raise/{name}")

    assert page.status_code == problem.status_code == HIDDEN[name][1]
    assert "hunter2" not in page.text + problem.text
    assert re.fullmatch("[0-9a-f]{12}", page.headers["X-Request-Id"])
    assert page.headers["X-Request-Id"] in page.text
    assert problem.json["instance"] == f"urn:request:{problem.headers['X-Request-Id']}"


def test_an_error_s_page_says_what_to_do_next_and_names_the_request(failing_app, browser):
    gone, away = browser.get("/raise/not-found").text, browser.get("/raise/away").text

    assert "The console finds records by their id or text." in gone
    assert "Try again in a moment." in away
    assert ">Try again</a>" not in gone
    assert ">Try again</a>" in away
    for page in (gone, away):
        [named] = re.findall(r"Request <code>([0-9a-f]{12})</code>", page)
        assert f'data-copy="{named}"' in page


@pytest.mark.parametrize(("method", "offered"), [("GET", True), ("POST", False)])
def test_what_was_sent_is_not_offered_to_be_sent_again(app, method, offered):
    with app.test_request_context("/", method=method):
        page, _ = error_page(503, "The database is away.", "0123456789ab")

    assert (">Try again</a>" in page) is offered


def test_an_unknown_page_is_a_page_and_an_unknown_resource_a_problem(browser):
    assert "Not found" in browser.get("/nowhere").text
    assert browser.get("/api/nowhere").json["status"] == 404


def test_a_request_without_its_token_is_refused_with_the_reason(sign_in):
    answer = sign_in("operator").client.post("/console/sessions/0/retry")

    assert answer.status_code in (400, 404)


@pytest.mark.parametrize(
    ("path", "method", "words"),
    [
        ("/nowhere", "GET", "There is nothing at this address."),
        ("/admin/audit_event/", "GET", "Your role does not permit this."),
        ("/console/", "DELETE", "This address does not take requests of this kind."),
    ],
)
def test_an_error_of_the_server_is_said_in_our_words_and_leads_back(sign_in, path, method, words):
    answer = sign_in(Role.MEMBER).send(method, path)

    assert words in answer.text
    assert 'href="/console/"' in answer.text
    assert "server" not in answer.text


def test_another_role_is_named_as_the_way_out_where_it_is_one_alone(sign_in):
    member = sign_in(Role.MEMBER)

    of_role = member.get("/admin/audit_event/")
    of_site = member.client.post("/wizard/start", headers={"Origin": "https://evil.example"})

    assert of_role.status_code == of_site.status_code == 403
    assert "An admin can give you a role" in of_role.text
    assert "by a page of another site" in of_site.text
    assert "An admin can give you a role" not in of_site.text


def test_who_has_no_role_is_told_so_and_can_leave(sign_in, make):
    nobody = sign_in(user=make.user(role=None, active=True))

    page = nobody.get("/console/")

    assert page.status_code == 403
    assert "Your account has no role" in page.text
    assert 'href="/console/">To the console' not in page.text
    assert nobody.post("/logout").location == "/login"
    assert nobody.get("/console/").location.startswith("/login")


def test_a_problem_of_the_server_is_said_in_our_words_too(browser):
    assert browser.get("/api/nowhere").json["detail"] == "There is nothing at this address."
