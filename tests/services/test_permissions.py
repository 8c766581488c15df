"""Who may do what: the whole table, and the one question."""

from uuid import uuid4

import pytest

from models import Role
from services.errors import ForbiddenError
from services.permissions import GRANTS, WORKER, Actor, Permission, can, require

OWNER, OTHER = uuid4(), uuid4()

# What each role may do: to nobody's records (-), to its own (own), to everybody's (all).
TABLE = """
                    member  viewer  operator  admin
see_records         own     all     all       all
see_templates       -       all     all       all
see_users           -       all     all       all
see_audit           -       all     all       all
see_failures        -       all     all       all
see_bulk_jobs       own     -       own       all
run_wizard          own     -       own       own
retry_deploy        own     -       all       all
cancel_deploy       -       -       all       all
override_hook       -       -       -         all
pause_deliveries    -       -       all       all
set_limits          -       -       -         all
triage_failures     -       -       all       all
recover_deploys     -       -       all       all
advance_project     -       -       all       all
step_back_project   -       -       -         all
edit_project        -       -       all       all
edit_config         -       -       all       all
edit_room           -       -       all       all
edit_template       -       -       -         all
edit_user           -       -       -         all
delete_session      -       -       -         all
delete_project      -       -       -         all
delete_room         -       -       -         all
share_view          -       -       own       all
"""
_HEAD, *_LINES = TABLE.strip().splitlines()
ROWS = [
    (Permission(name), Role(role), grant)
    for name, *grants in (line.split() for line in _LINES)
    for role, grant in zip(_HEAD.split(), grants, strict=True)
]


def actor(role):
    return Actor(id=OWNER, name="ana@example.com", role=role)


@pytest.mark.parametrize(("permission", "role", "grant"), ROWS)
def test_a_role_may_do_what_the_table_says(permission, role, grant):
    assert can(actor(role), permission, owner_id=OWNER) is (grant != "-")
    assert can(actor(role), permission, owner_id=OTHER) is (grant == "all")
    assert can(actor(role), permission) is (grant != "-")


def test_the_table_has_every_permission_and_every_role():
    assert {permission for permission, *_ in ROWS} == set(Permission)
    assert {role for _, role, _ in ROWS} == set(Role) == set(GRANTS)


@pytest.mark.parametrize("permission", Permission)
def test_whoever_has_no_role_may_do_nothing(permission):
    assert not can(actor(None), permission, owner_id=OWNER)
    assert not can(actor(None), permission)


@pytest.mark.parametrize("permission", Permission)
def test_a_refusal_names_what_was_refused(permission):
    with pytest.raises(ForbiddenError, match=permission.value.replace("_", " ")):
        require(actor(None), permission)


def test_a_right_to_own_records_is_no_right_to_those_of_others():
    require(actor(Role.MEMBER), Permission.RETRY_DEPLOY, owner_id=OWNER)
    with pytest.raises(ForbiddenError):
        require(actor(Role.MEMBER), Permission.RETRY_DEPLOY, owner_id=OTHER)


def test_the_worker_owns_nothing_and_may_do_what_its_jobs_say():
    assert can(WORKER, Permission.RETRY_DEPLOY, owner_id=OTHER)
    assert not can(WORKER, Permission.RUN_WIZARD, owner_id=OTHER)
