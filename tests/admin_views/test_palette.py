"""The palette as a page and as the options of its dialog, and the list of keys."""

import re

import pytest

from models import Role
from tests.admin_views.pages import text_of

PART = {"HX-Request": "true"}


@pytest.fixture
def operator(sign_in):
    return sign_in(Role.OPERATOR)


def sections(html: str) -> dict[str, list[str]]:
    """The titles of what was found, by the headings above them."""
    found = {}
    for card in re.findall(r'<section class="card palette-card".*?</section>', html, re.DOTALL):
        heading = re.search(r"<h2[^>]*>(.*?)</h2>", card, re.DOTALL)
        titles = re.findall(r'<span class="palette-title">(.*?)</span>', card, re.DOTALL)
        found[text_of(heading[1])] = [text_of(title) for title in titles]
    return found


def find(browser, q: str) -> dict[str, list[str]]:
    return sections(browser.get("/console/palette/", query_string={"q": q}).text)


def test_without_words_it_has_each_page_and_each_action_of_the_person(operator):
    found = find(operator, "")

    assert list(found) == ["Pages", "Actions"]
    assert {"Console", "Sessions", "Deploys", "Failures", "Audit trail", "Studio", "API"} <= set(found["Pages"])
    assert {"Start a new wizard", "Recover failures…", "Pause or resume deliveries…", "Sign out"} <= set(
        found["Actions"]
    )
    assert "Add a template…" not in found["Actions"]


@pytest.mark.parametrize(
    ("role", "hidden", "shown"),
    [
        (Role.MEMBER, {"Failures", "Recoveries", "Templates", "People", "Audit trail"}, {"Start a new wizard"}),
        (Role.VIEWER, {"Wizard", "Start a new wizard", "Recover failures…", "Pause or resume deliveries…"}, {"People"}),
        (Role.ADMIN, set(), {"Add a template…"}),
    ],
)
def test_what_a_role_does_not_permit_is_not_found(sign_in, role, hidden, shown):
    found = {title for titles in find(sign_in(role), "").values() for title in titles}

    assert found & hidden == set()
    assert shown <= found


def test_a_page_an_action_and_a_record_are_found_by_their_words(operator, make):
    make.project(title="Recover the Amphora")

    found = find(operator, "recover")

    assert found["Pages"] == ["Recoveries"]
    assert found["Actions"] == ["Recover failures…"]
    assert found["Projects"] == ["Recover the Amphora"]


def test_saved_views_are_found_by_name_as_far_as_a_person_may_open_them(sign_in, make):
    make.saved_view(name="Night watch", is_shared=True)
    make.saved_view(name="Night drafts", endpoint="template", is_shared=True)
    make.saved_view(name="Night of another")

    assert find(sign_in(Role.MEMBER), "night")["Saved views"] == ["Night watch"]
    assert find(sign_in(Role.VIEWER), "saved night")["Saved views"] == ["Night watch", "Night drafts"]
    assert "Saved views" not in find(sign_in(Role.VIEWER), "")


def test_an_action_is_found_by_what_it_means_too(operator):
    assert find(operator, "hold hooks")["Actions"] == ["Pause or resume deliveries…"]


def test_each_kind_of_record_leads_to_its_own_page(sign_in, make):
    admin = sign_in(Role.ADMIN)
    session = make.session(purpose="Amphora")
    project = make.project(title="Amphora")
    deploy = make.deploy(session=session)
    records = {
        f"/console/sessions/{session.id}": session,
        f"/console/projects/{project.id}": project,
        f"/console/deploys/{deploy.id}": deploy,
        f"/console/rooms/{(room := make.room(project=project)).id}": room,
        f"/console/failures/{(group := make.failure_group()).id}": group,
        f"/console/recoveries/{(recovery := make.recovery(deploy)).id}": recovery,
        f"/admin/template/details/?id={(template := make.template()).id}": template,
        f"/admin/user/details/?id={(user := make.user()).id}": user,
        f"/admin/project_config/details/?id={(config := make.config(project=project)).id}": config,
        f"/admin/attempt/details/?id={(attempt := make.attempt(deploy=deploy)).id}": attempt,
    }

    for address, record in records.items():
        html = admin.get(f"/console/palette/?q={record.id}").text
        assert f'href="{address}"' in html
        assert admin.get(address, follow_redirects=True).status_code == 200


def test_a_member_never_finds_another_s_record_by_id_or_by_text(sign_in, make):
    project = make.project(title="Amphora")
    session = make.session(purpose="Amphora")
    member = sign_in(Role.MEMBER)

    for asked in ("amphora", str(project.id), str(session.id), str(session.id)[:8]):
        html = member.get("/console/palette/", query_string={"q": asked}).text
        assert f"/console/projects/{project.id}" not in html
        assert f"/console/sessions/{session.id}" not in html
        assert "Amphora" not in html


def test_more_than_is_shown_is_in_the_list(operator, make):
    for number in range(6):
        make.project(title=f"Amphora {number}")

    html = operator.get("/console/palette/?q=amphora").text

    assert 'href="/admin/project/?search=amphora"' in html
    assert find(operator, "amphora")["Projects"][-1] == "More projects…"


def test_the_dialog_gets_options_and_nothing_else(operator, make):
    make.project(title="Amphora")

    html = operator.get("/console/palette/?q=a+amphora", headers=PART).text

    assert "<html" not in html
    assert re.findall(r'role="option"[^>]*>', html)
    assert "<form" not in html, "a list box holds options alone; the form is beside it"
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_what_changes_something_is_posted_and_nothing_is_by_a_link(operator):
    html = operator.get("/console/palette/?q=", headers=PART).text

    posts = re.findall(r'<button class="palette-option"[^>]*formaction="([^"]+)"', html)
    links = re.findall(r'<a class="palette-option"[^>]*href="([^"]+)"', html)
    assert {"/wizard/start", "/logout", "/console/preferences/"} <= set(posts)
    assert set(links) & set(posts) == set()


def test_a_theme_is_chosen_without_a_script(operator):
    page = operator.get("/console/palette/?q=dark").text
    assert 'formaction="/console/preferences/" name="theme" value="dark"' in page

    operator.post("/console/preferences/", {"theme": "dark", "back": "/console/palette/?q=dark"})

    assert "Use the dark theme" not in operator.get("/console/palette/?q=theme").text, "it is chosen already"


@pytest.mark.parametrize("q", ["te", "te ", "%_"])
def test_too_little_to_look_for_is_said(operator, make, q):
    make.project(title="te %_")

    assert "Type at least three characters" in operator.get("/console/palette/", query_string={"q": q}).text


@pytest.mark.parametrize("headers", [{}, PART], ids=["page", "dialog"])
@pytest.mark.parametrize(
    ("q", "status"),
    [
        ("%00", 422),
        ("a%00b", 422),
        ("x" * 10_000, 422),
        ("%ED%A0%80", 200),
        ("%25%5C_", 200),
        ("' OR 1=1 --", 200),
        ("<script>alert(1)</script>", 200),
        ("%E2%80%AEgnp", 200),
        ("9" * 200, 200),
        ("-" * 32, 200),
    ],
)
def test_nothing_that_is_typed_is_a_fault(operator, make, q, status, headers):
    make.project()

    answer = operator.get(f"/console/palette/?q={q}", headers=headers)

    assert answer.status_code == status
    assert "<script>alert(1)" not in answer.text


def test_other_people_s_text_stays_text(operator, make):
    make.failure_group(shape="<script>alert(1)</script> amphora", host="<b>host</b>")
    make.project(title="<b>Amphora</b>")

    for headers in ({}, PART):
        html = operator.get("/console/palette/?q=amphora", headers=headers).text
        assert "<b>Amphora" not in html
        assert "<script>alert" not in html


def test_the_keys_are_listed_as_far_as_they_lead_somewhere(sign_in):
    operator, member = (
        text_of(sign_in(role).get("/console/palette/keys").text) for role in (Role.OPERATOR, Role.MEMBER)
    )

    assert "g then f Failures" in operator
    assert "g then f" not in member
    assert "g then s Sessions" in member
    for words in ("Ctrl+K", "Show these keys", "Next row", "Select the row"):
        assert words in member


def test_every_letter_leads_to_one_page(sign_in):
    html = sign_in(Role.ADMIN).get("/console/").text

    hotkeys = re.findall(r'data-hotkey="([^"]+)"', html)
    assert len(hotkeys) == len(set(hotkeys)) == 13
    assert 'href="/admin/session/" data-hotkey="g s"' in html


def test_the_bar_leads_to_the_palette_s_page_where_no_script_runs(operator):
    html = operator.get("/console/").text

    assert 'href="/console/palette/" data-palette-open' in html
    assert 'href="/console/palette/keys" data-keys-open' in html


def test_a_visitor_is_sent_to_sign_in(browser):
    for path in ("/console/palette/", "/console/palette/?q=x", "/console/palette/keys"):
        assert browser.get(path).headers["Location"].startswith("/login")
