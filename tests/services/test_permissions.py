"""Who may do what: the whole table, and the one question."""

from uuid import uuid4

import pytest

from models import Role, TokenScope
from services.errors import ForbiddenError, MissingScopeError
from services.permissions import (
    GRANTS,
    IN_PERSON,
    READING,
    TOKEN_SCOPES,
    WORKER,
    Actor,
    Permission,
    can,
    require,
    scope_for,
)

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
see_emails          own     own     all       all
see_surveys         own     own     all       all
run_wizard          own     -       own       own
retry_deploy        own     -       all       all
cancel_deploy       -       -       all       all
override_hook       -       -       -         all
reveal_hook         -       -       -         all
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
keep_tokens         own     own     own       own
manage_tokens       -       -       -         all
act_as              -       -       -         all
keep_sign_ins       own     own     own       own
manage_sign_ins     -       -       -         all
keep_second_factors own     own     own       own
reset_second_factors -      -       -         all
set_sign_in_rules   -       -       -         all
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


def narrowed(role, scope, **more):
    return Actor(id=OWNER, name="ana@example.com", role=role, only=TOKEN_SCOPES[scope], **more)


@pytest.mark.parametrize("scope", TokenScope)
@pytest.mark.parametrize("role", Role)
def test_a_scope_only_narrows_what_the_role_grants(role, scope):
    for permission in Permission:
        left = narrowed(role, scope).scope(permission)
        assert left == (actor(role).scope(permission) if permission in TOKEN_SCOPES[scope] else None)


def test_each_scope_holds_all_of_the_one_before():
    assert TOKEN_SCOPES[TokenScope.READ] < TOKEN_SCOPES[TokenScope.REMEDIATE] < TOKEN_SCOPES[TokenScope.ADMIN]


@pytest.mark.parametrize("scope", TokenScope)
def test_what_is_made_for_an_actor_is_kept_for_one_who_is_narrowed_too(scope):
    assert len({narrowed(Role.ADMIN, scope), actor(Role.ADMIN), narrowed(Role.ADMIN, scope)}) == 2


def test_the_scope_read_changes_nothing():
    assert all(permission.startswith("see_") for permission in TOKEN_SCOPES[TokenScope.READ])


def test_no_token_does_what_people_do_themselves():
    assert all(scope_for(permission) is None for permission in IN_PERSON)
    with pytest.raises(ForbiddenError, match="No token may do this"):
        require(narrowed(Role.ADMIN, TokenScope.ADMIN), Permission.ACT_AS)


@pytest.mark.parametrize(
    ("permission", "scope"),
    [
        (Permission.SEE_AUDIT, "read"),
        (Permission.RETRY_DEPLOY, "remediate"),
        (Permission.EDIT_PROJECT, "remediate"),
        (Permission.OVERRIDE_HOOK, "admin"),
        (Permission.DELETE_SESSION, "admin"),
    ],
)
def test_the_narrowest_scope_that_does_is_named(permission, scope):
    assert scope_for(permission) == scope


def test_a_refusal_for_the_scope_names_the_one_that_would_do():
    with pytest.raises(MissingScopeError, match="this needs “remediate”") as refused:
        require(narrowed(Role.OPERATOR, TokenScope.READ), Permission.RETRY_DEPLOY)

    assert refused.value.scope == "remediate"


def test_where_the_role_does_not_permit_it_no_scope_would_help():
    with pytest.raises(ForbiddenError, match="Your role") as refused:
        require(narrowed(Role.VIEWER, TokenScope.READ), Permission.RETRY_DEPLOY)

    assert not isinstance(refused.value, MissingScopeError)


def test_who_acts_as_another_has_the_others_scope_and_answers_for_it():
    admin = Actor(id=OTHER, name="admin@example.com", role=Role.ADMIN)
    acting = Actor(id=OWNER, name="ana@example.com", role=Role.MEMBER, only=READING, acting_by=admin)

    assert can(acting, Permission.SEE_RECORDS, owner_id=OWNER)
    assert not can(acting, Permission.SEE_RECORDS, owner_id=OTHER)
    assert not can(acting, Permission.SEE_USERS)
    assert acting.answerable_id == OTHER
    with pytest.raises(ForbiddenError, match="act as somebody else"):
        require(acting, Permission.RETRY_DEPLOY, owner_id=OWNER)
