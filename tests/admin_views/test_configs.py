"""The list and form of project configurations."""

import json

import pytest

from models import DeploymentTarget, Role
from tests.admin_views.pages import Page, csv_rows
from tests.trail import events

FORM = {"repo_url": "", "build_command": "", "output_dir": "", "deployment_target": "vercel", "env_config": ""}


def edited(browser, config, **values):
    """The answer to the form, opened and sent with some values changed."""
    path = f"/admin/project_config/edit/?id={config.id}"
    page = Page(browser.get(path))
    return browser.post(path, {name: page.field(name) for name in (*FORM, "seen")} | values)


def test_an_operator_edits_a_configuration(sign_in, make, db):
    config = make.config(repo_url="https://git.example.com/old")

    answer = edited(
        sign_in(Role.OPERATOR),
        config,
        repo_url="https://git.example.com/new",
        build_command="make",
        deployment_target="concept_aws",
    )
    db.expire_all()

    assert answer.status_code == 302
    assert (config.repo_url, config.build_command, config.output_dir) == ("https://git.example.com/new", "make", None)
    assert config.deployment_target is DeploymentTarget.CONCEPT_AWS
    [event] = events(db)
    assert (event.tag, event.subject_id, set(event.after)) == (
        "project:configure",
        config.project_id,
        {"repo_url", "build_command", "deployment_target"},
    )


def test_an_environment_is_never_shown_but_its_names_are(sign_in, make):
    config = make.config(env_config={"REGION": "sk-very-secret"})
    browser = sign_in(Role.ADMIN)

    answers = [
        browser.get("/admin/project_config/"),
        browser.get(f"/admin/project_config/details/?id={config.id}"),
        browser.get(f"/admin/project_config/edit/?id={config.id}"),
        browser.get("/admin/project_config/export/csv/"),
    ]

    assert all("sk-very-secret" not in answer.text for answer in answers)
    assert Page(answers[2]).field("env_config") == "REGION=•••"
    assert csv_rows(answers[3])[0]["Environment"] == '{"REGION": "•••"}'


def test_a_value_that_stays_hidden_is_kept_and_others_are_replaced_added_and_removed(sign_in, make, db):
    config = make.config(env_config={"KEPT": "a=1", "CHANGED": "b", "REMOVED": "c"})

    edited(sign_in(Role.OPERATOR), config, env_config="KEPT=•••\r\nCHANGED=new=value\r\n\r\nADDED=d")
    db.expire_all()

    assert config.env_config == {"KEPT": "a=1", "CHANGED": "new=value", "ADDED": "d"}
    [event] = events(db)
    assert "a=1" not in str(event.before) + str(event.after)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("NEW=•••", "NEW has no stored value to keep; give it one."),
        ("no equals sign", "“no equals sign” is no NAME=value."),
        ("=value", "“=value” is no NAME=value."),
        ("A=1\nA=2", "A name stands here twice."),
        ("A=\x00", "This holds a character that can't be stored."),
        ("\n".join(f"N{number}=1" for number in range(201)), "An environment has at most 200 entries."),
    ],
)
def test_an_environment_that_cannot_be_used_stands_by_its_field(sign_in, make, db, lines, complaint):
    config = make.config(env_config={"KEPT": "a"})

    answer = edited(sign_in(Role.OPERATOR), config, env_config=lines)
    db.expire_all()

    assert answer.status_code == 422
    assert Page(answer).errors == [complaint]
    assert Page(answer).field("env_config").split() == lines.split()
    assert config.env_config == {"KEPT": "a"}


def test_saving_an_unchanged_configuration_changes_nothing(sign_in, make, db):
    config = make.config(repo_url="https://git.example.com/x", env_config={"NUMBER": "1"})

    assert edited(sign_in(Role.OPERATOR), config).status_code == 302
    assert events(db) == []


@pytest.mark.parametrize("stored", [["sk-very-secret"], "sk-very-secret", {"A": {"B": "sk-very-secret"}}])
def test_an_environment_of_another_shape_is_hidden_and_can_be_replaced(sign_in, make, db, stored):
    config = make.config(env_config=stored)
    browser = sign_in(Role.OPERATOR)

    for path in ("", f"details/?id={config.id}", f"edit/?id={config.id}", "export/csv/"):
        assert "sk-very-secret" not in browser.get(f"/admin/project_config/{path}").text
    assert edited(browser, config, env_config="A=1").status_code == 302
    db.expire_all()
    assert config.env_config == {"A": "1"}


@pytest.mark.parametrize(
    "stored",
    [
        {"N": 3, "O": {"a": 1}, "T": True, "L": [1], "Z": None, "F": "•••"},
        {"A=B": "x", "C\nD": "y", " E ": "z", "": "w"},
        {f"N{number}": number for number in range(201)},
        ["sk-very-secret"],
        "sk-very-secret",
    ],
)
def test_saving_an_unchanged_form_keeps_an_environment_of_any_shape(sign_in, make, db, stored):
    config = make.config(env_config=stored)

    assert edited(sign_in(Role.OPERATOR), config, build_command="make").status_code == 302
    db.expire_all()

    assert (config.env_config, config.build_command) == (stored, "make")
    assert json.dumps(config.env_config, sort_keys=True) == json.dumps(stored, sort_keys=True)


def test_values_of_other_types_and_odd_names_are_kept_where_others_change(sign_in, make, db):
    config = make.config(env_config={"N": 3, "A=B": "x", "GONE": "y"})

    edited(sign_in(Role.OPERATOR), config, env_config="N=•••\nA=B=•••\nNEW=z")
    db.expire_all()

    assert config.env_config == {"N": 3, "A=B": "x", "NEW": "z"}


def test_no_page_shows_a_repositorys_credentials_and_saving_keeps_them(sign_in, make, db):
    url = "https://x-access-token:ghp_1@github.com/a/b"
    config = make.config(repo_url=url)
    browser = sign_in(Role.OPERATOR)

    pages = [
        browser.get(f"/admin/{path}").text
        for path in (
            "project_config/",
            f"project_config/details/?id={config.id}",
            f"project_config/edit/?id={config.id}",
            "project_config/export/csv/",
            "project/export/csv/",
        )
    ]
    refused = edited(browser, config, repo_url="https://bot:ghp_2@github.com/a/b")
    assert edited(browser, config, build_command="make").status_code == 302
    db.expire_all()

    assert all("ghp_1" not in page and "https://…@github.com/a/b" in page for page in pages)
    assert Page(refused).errors == ["A repository’s address carries no user name or password."]
    assert (config.repo_url, config.build_command) == (url, "make")


@pytest.mark.parametrize("query", ["search=ghp_1", "search=github.com+ghp_1", "sort=2"])
def test_a_repositorys_credentials_cannot_be_guessed_by_searching(sign_in, make, query):
    make.config(repo_url="https://x-access-token:ghp_1@github.com/a/b")
    browser = sign_in(Role.ADMIN)

    with_secret = browser.get(f"/admin/project_config/?{query}")
    without = browser.get(f"/admin/project_config/?{query.replace('ghp_1', 'ghp_2')}")

    assert Page(with_secret).count == Page(without).count


def test_a_member_sees_own_configurations_but_changes_none(sign_in, make):
    member = make.user(role=Role.MEMBER)
    own, other = make.config(project=make.project(owner=member)), make.config()
    browser = sign_in(user=member)

    assert Page(browser.get("/admin/project_config/")).count == 1
    assert browser.get(f"/admin/project_config/details/?id={own.id}").status_code == 200
    assert browser.get(f"/admin/project_config/details/?id={other.id}").status_code == 404
    assert browser.post(f"/admin/project_config/edit/?id={own.id}", FORM).status_code == 403
