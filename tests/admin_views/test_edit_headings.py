"""A form says which record it edits."""

from html import unescape

from models import Role
from tests.admin_views.pages import text_of


def heading(page):
    return text_of(page.partition('<header class="page-header">')[2].partition("</header>")[0])


def test_each_form_is_headed_with_its_record(make, sign_in):
    browser = sign_in(Role.ADMIN)
    records = {
        f"project_config/edit/?id={make.config(project=make.project(title='Tea & pots')).id}": (
            "Configuration of Tea & pots"
        ),
        f"user/edit/?id={make.user(name='Ana Lopes', email='ana@example.com').id}": "Ana Lopes ana@example.com",
        f"template/edit/?id={make.template(title='Shop front').id}": "Shop front",
        f"room/edit/?id={make.room(name='Main room').id}": "Main room",
    }

    for path, name in records.items():
        page = browser.get(f"/admin/{path}").text
        assert name in heading(page), path
        assert name.partition(" ana@")[0] in unescape(page.partition("<title>")[2].partition("</title>")[0]), path


def test_a_projects_page_leads_those_who_may_to_the_form_for_its_configuration_and_back(make, sign_in):
    project = make.project()
    page = f"/console/projects/{project.id}"
    without = sign_in(Role.OPERATOR).get(page).text
    config = make.config(project=project)
    link = f'href="/admin/project_config/edit/?id={config.id}&amp;url={page}"'

    assert "/admin/project_config/edit/" not in without
    assert link in sign_in(Role.OPERATOR).get(page).text
    assert "/admin/project_config/edit/" not in sign_in(Role.VIEWER).get(page).text
    form = sign_in(Role.OPERATOR).get(f"/admin/project_config/edit/?id={config.id}&url={page}").text
    assert f'href="{page}"' in form
