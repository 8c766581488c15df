"""The document: valid, and true of every route."""

import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.openapi import document
from app import create_app
from models import Role
from tests.api.conftest import assert_problem
from tests.conftest import settings_for

AUTOMATIC = {"HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def routes(database_url):
    """The (method, path) pairs that programs can call, as a new application routes them."""
    rules = create_app(settings_for(database_url)).url_map.iter_rules()
    return {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in rules
        if rule.rule.startswith("/api/") or rule.rule in ("/healthz", "/readyz")
        for method in (rule.methods or set()) - AUTOMATIC
    }


def test_the_document_is_valid_openapi_3_1():
    assert document()["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []


def test_each_route_is_described_and_each_description_routed(routes):
    described = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}

    assert routes == described
    assert ("POST", "/api/console/deploy/{session_id}") in routes


def test_each_operation_says_what_it_does_and_who_may_call_it():
    for path, methods in document()["paths"].items():
        for operation in methods.values():
            assert operation["summary"].endswith(".")
            assert (operation["security"] == []) == (path in ("/healthz", "/readyz"))


def test_each_operation_names_the_scope_that_a_token_needs():
    paths = document()["paths"]

    assert paths["/api/console/summary"]["get"]["security"][0] == {"token": ["read"]}
    assert paths["/api/console/deploy/{session_id}"]["post"]["security"][0] == {"token": ["remediate"]}
    for path, methods in paths.items():
        for operation in methods.values():
            assert all(one.get("token") != [] for one in operation["security"]), path


def test_each_refusal_is_described_as_a_problem():
    for methods in document()["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                problem = "application/problem+json" in response["content"]
                assert problem == (int(status) >= 400)


def test_the_three_operations_keep_the_names_that_clients_read():
    schemas = document()["components"]["schemas"]

    assert list(schemas["Summary"]["properties"]) == [
        "onboardingTotals",
        "projectTotals",
        "recentOnboarding",
        "recentProjects",
        "deployLog",
        "generatedAt",
    ]
    assert list(schemas["LogEntry"]["properties"]) == [
        "sessionId",
        "hookUrl",
        "triggeredAt",
        "ok",
        "statusCode",
        "bodyPreview",
        "errorMessage",
    ]
    assert list(schemas["DeployRequest"]["properties"]) == ["hookUrl"]
    assert set(schemas["ProjectChange"]["properties"]) == {"status", "prompt_text", "config", "reason"}
    assert {"recommend_template_id", "deploy_triggered_at", "metadata"} <= set(schemas["SessionRow"]["properties"])


def test_the_document_is_served_to_those_who_signed_in(browser, program_of, sign_in):
    assert_problem(browser.get("/api/openapi.json"), 401)
    assert program_of(Role.MEMBER).get("/api/openapi.json").json == document()
    assert sign_in(Role.MEMBER).get("/api/openapi.json").json == document()


@pytest.fixture
def page(sign_in):
    answer = sign_in(Role.MEMBER).get("/api/docs")
    assert answer.status_code == 200
    return answer.text


def test_the_page_shows_every_operation_and_every_shape(page):
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()}</code> <code>{path}</code>" in page
            assert f'id="{operation["operationId"]}"' in page
    for name in document()["components"]["schemas"]:
        assert f'id="{name}"' in page


def test_each_operation_can_be_copied_as_a_command_with_the_token_by_name(page):
    commands = re.findall(r'data-copy="([^"]*)"', page.partition("<main")[2].partition("</main>")[0])

    operations = [operation for methods in document()["paths"].values() for operation in methods.values()]
    assert len(commands) == len(operations) + 1, "and how to sign in"
    assert sum("Bearer $TOKEN" in command for command in commands) == 1 + sum(
        bool(operation["security"]) for operation in operations
    )


def test_the_navigation_says_that_this_is_the_page(page):
    assert re.search(r'href="/api/docs" aria-current="page"', page)
    assert page.count('aria-current="page"') == 1


def test_each_link_within_the_page_leads_somewhere(page):
    body = page.partition("<main")[2]

    targets = set(re.findall(r'href="#([^"]+)"', body))

    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', body))


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(page):
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]* src=)", page) == []


def test_a_visitor_of_the_page_is_sent_to_sign_in_and_comes_back(browser):
    answer = browser.get("/api/docs")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/login?next=/api/docs")
