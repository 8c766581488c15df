"""Whatever an address says of where to go on, no page leads anywhere else than back to the console."""

import re
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask_admin.helpers import get_redirect_target

from admin_views.model_view import _is_plain
from admin_views.ways_back import way_back
from models import ProjectStatus, Role, SessionStatus
from people.accounts import is_here
from tests.people.test_acting_guard import filled, unsafe_routes
from tests.records import HOOK

TRICKS = [
    "https://evil.example/",
    "HTTPS:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "//evil.example/console/",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/%09/evil.example",
    "/console\\..\\..//evil.example",
    "http://localhost@evil.example/",
    "http://localhost:80@evil.example/",
    "http://localhost\\@evil.example",
    "http://localhost.evil.example",
    "http:localhost.evil.example",
    "http://[::evil.example",
    "//evil.example\\@localhost/",
    "//%65vil.example",
    "//evil。example",
    "//ｅvil.example",
    "javascript:alert(1)//evil.example",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "blob:http://localhost/evil",
    "/console/\r\nLocation: https://evil.example",
    "/console/\r\n\r\n<script>alert(1)</script>",
]


def leads_away(address):
    """Whether a browser would leave the site, by the URL standard: it strips, and takes backslashes for slashes."""
    cleaned = re.sub(r"[\t\n\r]", "", address.strip("".join(map(chr, range(33))))).replace("\\", "/")
    cleaned = re.sub(r"^(https?:)/*(?=[^/])", r"\1//", cleaned, flags=re.IGNORECASE) if ":" in cleaned else cleaned
    cleaned = re.sub(r"^/{2,}", "//", cleaned)
    try:
        parts = urlsplit(urljoin("http://localhost/admin/session/", cleaned))
    except ValueError:
        return False  # no browser goes there either
    return parts.scheme not in ("http", "https") or parts.hostname != "localhost"


def test_the_measure_itself_sees_what_leads_away():
    assert all(
        map(leads_away, ["//evil.example", "/\\evil.example", "\t//evil.example", "javascript:x", "https:evil.a"])
    )
    assert not any(map(leads_away, ["/console/", "?page=1", "http://localhost/x", "#a", "console"]))


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_that_says_where_to_go_on_is_taken_in(app, trick):
    with app.test_request_context("/x", method="POST", data={"back": trick, "url": trick}):
        assert not leads_away(way_back())
        assert not (is_here(trick) and leads_away(trick))
        assert not (_is_plain(trick) and leads_away(get_redirect_target() or "/"))


@pytest.mark.parametrize("trick", TRICKS)
def test_no_page_of_a_list_links_or_leads_away(sign_in, make, trick):
    template, admin, away = make.template(), sign_in(Role.ADMIN), quote(trick)

    pages = [admin.get(f"/admin/template/{page}/?id={template.id}&url={away}") for page in ("edit", "new")]
    form = {"id": str(template.id), "url": trick}
    pages += [admin.post("/admin/template/delete/", form), admin.get(f"/admin/template/?url={away}&search={away}")]

    for page in pages:
        assert page.status_code in (200, 302, 422)
        addresses = [
            page.headers.get("Location", "/"),
            *map(unescape, re.findall(r'(?:href|action)="([^"]*)"', page.text)),
        ]
        assert not [address for address in addresses if leads_away(address)]


def test_no_act_leads_away(app, make, sign_in):
    admin, person = sign_in(Role.ADMIN), make.user(role=Role.OPERATOR)
    session = make.session(user=person, status=SessionStatus.FAILED, vercel_hook_url=HOOK)
    make.deploy(session=session)
    make.project(owner=person, status=ProjectStatus.CODE_GENERATED)
    redirects = 0

    for number, (method, rule) in enumerate(unsafe_routes(app)):
        trick = TRICKS[number % len(TRICKS)]
        if rule.endpoint != "security.logout":
            said = {"url": trick, "next": trick, "back": trick}
            answer = admin.send(method, filled(rule, session.id), data=said, query_string=said)
            redirects += "Location" in answer.headers
            for name in ("Location", "HX-Redirect", "HX-Location"):
                assert not leads_away(answer.headers.get(name, "/")), (rule, trick)

    assert redirects > 10
