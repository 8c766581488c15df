"""The list of projects."""

from models import ProjectStatus, Role
from tests.admin_views.pages import Page
from tests.trail import events


def mark(browser, *projects):
    ids = [str(project.id) for project in projects]
    return browser.post("/admin/project/action/", {"action": "mark_configured", "rowid": ids}, follow_redirects=True)


def test_a_row_tells_whose_project_it_is_and_how_far_it_has_come(sign_in, make):
    make.project(owner=make.user(name="Ana"), title="Teapots", status=ProjectStatus.CODE_GENERATED)

    page = Page(sign_in(Role.VIEWER).get("/admin/project/"))

    assert page.column("title") == ["Teapots"]
    assert page.column("owner") == ["Ana"]
    assert page.column("status") == ["Code generated"]


def test_projects_are_marked_as_configured_where_that_is_their_next_step(sign_in, make, db):
    ready = make.project(status=ProjectStatus.CODE_GENERATED)
    early = make.project(status=ProjectStatus.PROMPT_READY)

    page = Page(mark(sign_in(Role.OPERATOR), ready, early))
    db.expire_all()

    assert (ready.status, early.status) == (ProjectStatus.DEPLOY_CONFIGURED, ProjectStatus.PROMPT_READY)
    assert page.messages == [
        f"{ready}: marked as configured",
        f"{early}: A project can't go from prompt ready to deploy configured. The allowed step is to code generated.",
    ]
    [event] = events(db)
    assert (event.tag, event.subject_id) == ("project:move", ready.id)


def test_the_button_stands_only_where_it_is_the_next_step(sign_in, make):
    for status in ProjectStatus:
        make.project(status=status)

    assert Page(sign_in(Role.OPERATOR).get("/admin/project/")).row_actions == ["mark_configured"]
    assert Page(sign_in(Role.VIEWER).get("/admin/project/")).row_actions == []


def test_details_lead_to_the_projects_own_page(sign_in, make):
    project = make.project()

    answer = sign_in(Role.VIEWER).get(f"/admin/project/details/?id={project.id}")

    assert answer.headers["Location"] == f"/console/projects/{project.id}"
