"""Saved views: whose they are, who sees and changes them, and what can't be saved."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, select, text

from config import sqlalchemy_url
from models import AuditEvent, ListPreference, Role, SavedView
from services import audit, list_preferences, saved_views, undo, view_pins
from services.database import DbSession
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from tests.conftest import NOW, actor_of
from tests.records import NOBODY, Records

FAILED = "flt0_status_equals=failed"


def names(views):
    return [known.view.name for known in views]


def events(db):
    return [(event.tag, event.before, event.after) for event in db.scalars(select(AuditEvent).order_by(AuditEvent.at))]


def save(db, actor, name="Failed", **values):
    return saved_views.create(db, **{"endpoint": "session", "arguments": FAILED, "name": name} | values, actor=actor)


@pytest.fixture
def ana(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.fixture
def ben(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.fixture
def admin(make):
    return actor_of(make.user(role=Role.ADMIN))


def test_a_view_is_saved_for_its_owner_alone(db, ana, ben):
    view = save(db, ana, "  Failed \n today ")

    assert (view.name, view.arguments, view.is_shared) == ("Failed today", FAILED, False)
    assert names(saved_views.in_sight(db, "session", actor=ana)) == ["Failed today"]
    assert saved_views.in_sight(db, "session", actor=ben) == []
    assert events(db) == [
        (
            "saved_view:create",
            None,
            {"endpoint": "session", "name": "Failed today", "arguments": FAILED, "is_shared": False},
        )
    ]


def test_what_holds_for_one_look_is_not_saved(db, ana):
    view = save(db, ana, arguments="cursor=x&search=a%00b&page=3&view=y&count=exact&order=-status")

    assert view.arguments == "search=a%00b&order=-status"


def test_ones_own_views_come_first_and_those_of_other_lists_not_at_all(db, ana, ben):
    save(db, ben, "A shared one", is_shared=True)
    save(db, ana, "b")
    save(db, ana, "A")
    save(db, ana, "Elsewhere", endpoint="deploy")

    views = saved_views.in_sight(db, "session", actor=ana)

    assert names(views) == ["A", "b", "A shared one"]
    assert [(known.is_own, known.may_change) for known in views] == [(True, True), (True, True), (False, False)]
    assert names(saved_views.all_of(db, actor=ana)) == ["Elsewhere", "A", "b", "A shared one"]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_whoever_may_not_share_keeps_a_view_to_themselves(db, make, role):
    actor = actor_of(make.user(role=role))
    view = save(db, actor)

    with pytest.raises(ForbiddenError):
        save(db, actor, "Shared", is_shared=True)
    with pytest.raises(ForbiddenError):
        saved_views.edit(db, view.id, is_shared=True, actor=actor)


def test_a_private_view_is_nobody_elses_to_find_change_or_delete_not_even_an_admins(db, ana, admin):
    view = save(db, ana)

    for act in (saved_views.get_view, saved_views.delete, view_pins.pin, list_preferences.open_with):
        with pytest.raises(NotFoundError):
            act(db, view.id, actor=admin)
    with pytest.raises(NotFoundError):
        saved_views.edit(db, view.id, name="Mine", actor=admin)


def test_a_shared_view_is_changed_by_its_owner_and_by_admins_only(db, ana, ben, admin):
    view = save(db, ana, is_shared=True)

    with pytest.raises(ForbiddenError):
        saved_views.edit(db, view.id, name="Ben's", actor=ben)
    with pytest.raises(ForbiddenError):
        saved_views.delete(db, view.id, actor=ben)
    saved_views.edit(db, view.id, name="An admin's", actor=admin)
    saved_views.edit(db, view.id, arguments="search=x", actor=ana)

    assert [event[:3] for event in events(db)[1:]] == [
        ("saved_view:edit", {"name": "Failed"}, {"name": "An admin's"}),
        ("saved_view:edit", {"arguments": FAILED}, {"arguments": "search=x"}),
    ]
    assert (view.name, view.arguments) == ("An admin's", "search=x")


def test_a_change_of_nothing_is_none(db, ana):
    view = save(db, ana)

    saved_views.edit(db, view.id, name="Failed", is_shared=False, actor=ana)

    assert len(events(db)) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"arguments": "search=" + "x" * 4_000}, "arguments"),
    ],
)
def test_what_cannot_be_saved_says_why(db, ana, values, field):
    view = save(db, ana)

    with pytest.raises(InvalidInputError) as refused:
        save(db, ana, **{"name": "Another"} | values)
    with pytest.raises(InvalidInputError):
        saved_views.edit(db, view.id, **values, actor=ana)

    assert refused.value.field == field


def test_a_name_is_taken_once_by_a_person_and_a_list(db, ana, ben):
    save(db, ana, "Failed")
    other = save(db, ana, "Other")
    save(db, ana, "Failed", endpoint="deploy")
    save(db, ben, "Failed")

    with pytest.raises(ConflictError) as refused:
        save(db, ana, "FAILED")
    with pytest.raises(ConflictError):
        saved_views.edit(db, other.id, name="failed", actor=ana)

    assert refused.value.field == "name"
    assert "“FAILED”" in refused.value.message


def test_nobody_saves_views_without_end(db, make, ana):
    with make.at_once():
        for number in range(saved_views.LIMIT):
            make.db.add(SavedView(owner_id=ana.id, endpoint="session", name=f"View {number}", arguments=""))

    with pytest.raises(InvalidInputError) as refused:
        save(db, ana, "One more")
    save(db, ana, "One of another list", endpoint="deploy")

    assert "100 views" in refused.value.message


def test_a_deleted_view_can_be_had_back(db, make, ana, ben):
    view_id = make.saved_view(owner_id=ana.id, is_shared=True).id
    audit.act_as(db, ana)
    saved_views.delete(db, view_id, actor=ana)

    said = undo.undo(db, undo.offer(db), actor=ana, now=datetime.now(UTC))

    assert said == "The saved view is back."
    back = saved_views.get_view(db, view_id, actor=ben)
    assert (back.owner_id, back.name, back.arguments, back.is_shared) == (ana.id, "Failed", FAILED, True)


def test_an_edit_can_be_taken_back_unless_it_was_edited_again(db, make, ana):
    view = make.saved_view(owner_id=ana.id)
    audit.act_as(db, ana)
    saved_views.edit(db, view.id, name="Renamed", actor=ana)

    undo.undo(db, undo.offer(db), actor=ana, now=datetime.now(UTC))

    assert view.name == "Failed"


def test_pinned_views_stand_in_the_persons_order(db, ana, ben):
    first, second, third = (save(db, ana, name) for name in ("First", "Second", "Third"))
    for view in (first, second, third, first):
        view_pins.pin(db, view.id, actor=ana)

    view_pins.move(db, third.id, "up", actor=ana)
    view_pins.move(db, first.id, "up", actor=ana)
    view_pins.move(db, second.id, "down", actor=ana)
    view_pins.move(db, NOBODY, "up", actor=ana)

    assert [view.name for view in view_pins.pinned(db, actor=ana)] == ["First", "Third", "Second"]
    assert view_pins.pinned(db, actor=ben) == []
    view_pins.unpin(db, third.id, actor=ana)
    view_pins.unpin(db, third.id, actor=ana)
    assert [view.name for view in view_pins.pinned(db, actor=ana)] == ["First", "Second"]


def test_as_many_views_are_pinned_as_fit(db, ana):
    views = [save(db, ana, f"View {number}") for number in range(view_pins.LIMIT + 1)]
    for view in views[:-1]:
        view_pins.pin(db, view.id, actor=ana)

    view_pins.pin(db, views[0].id, actor=ana)
    with pytest.raises(ConflictError):
        view_pins.pin(db, views[-1].id, actor=ana)


def test_what_is_shared_no_more_leaves_the_navigation_of_others(db, ana, ben):
    view = save(db, ana, is_shared=True)
    view_pins.pin(db, view.id, actor=ben)

    saved_views.edit(db, view.id, is_shared=False, actor=ana)

    assert view_pins.pinned(db, actor=ben) == []


def test_a_list_opens_with_one_view_at_most(db, ana):
    first, second = save(db, ana, "First"), save(db, ana, "Second")
    list_preferences.open_with(db, first.id, actor=ana)
    list_preferences.open_with(db, second.id, actor=ana)

    assert [known.is_default for known in saved_views.in_sight(db, "session", actor=ana)] == [False, True]
    list_preferences.open_plainly(db, "session", actor=ana)
    assert not any(known.is_default for known in saved_views.in_sight(db, "session", actor=ana))


def test_a_list_whose_view_was_deleted_opens_plainly(db, ana):
    view = save(db, ana)
    list_preferences.open_with(db, view.id, actor=ana)
    view_pins.pin(db, view.id, actor=ana)

    saved_views.delete(db, view.id, actor=ana)

    wanted = db.scalars(select(ListPreference).execution_options(populate_existing=True)).one()
    assert wanted.default_view_id is None
    assert view_pins.pinned(db, actor=ana) == []


def test_a_person_who_goes_takes_their_views_along(db, make, ben):
    person = make.user(role=Role.OPERATOR)
    view = save(db, actor_of(person), is_shared=True)
    view_pins.pin(db, view.id, actor=ben)
    list_preferences.open_with(db, view.id, actor=ben)

    db.execute(person.__table__.delete().where(person.__table__.c.id == person.id))

    assert saved_views.all_of(db, actor=ben) == []
    assert view_pins.pinned(db, actor=ben) == []


@pytest.mark.parametrize("refer", [view_pins.pin, list_preferences.open_with])
def test_a_view_that_somebody_deletes_meanwhile_is_not_found(fresh_db, fresh_database_url, refer):
    ana = actor_of(Records(fresh_db, NOW).user(role=Role.OPERATOR))
    view_id = save(fresh_db, ana).id
    fresh_db.commit()
    engine = create_engine(sqlalchemy_url(fresh_database_url))

    def in_a_transaction_of_its_own():
        with DbSession(engine) as db, db.begin():
            refer(db, view_id, actor=ana)

    saved_views.delete(fresh_db, view_id, actor=ana)
    with ThreadPoolExecutor(1) as threads:
        referred = threads.submit(in_a_transaction_of_its_own)
        while not (referred.done() or fresh_db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))):
            pass
        fresh_db.commit()
        with pytest.raises(NotFoundError):
            referred.result(20)
    engine.dispose()
