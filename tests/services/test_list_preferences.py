"""How each person wants lists shown."""

import pytest

from models import Density, Role
from services import list_preferences
from services.errors import InvalidInputError
from tests.conftest import actor_of


@pytest.fixture
def ana(make):
    return actor_of(make.user(role=Role.MEMBER))


def test_nothing_is_wanted_until_something_is_chosen(db, ana):
    assert list_preferences.find(db, "session", actor=ana) is None


def test_columns_and_rows_are_remembered_for_one_person_and_one_list(db, make, ana):
    list_preferences.remember_columns(db, "session", ["status", "id"], actor=ana)
    list_preferences.remember_page_size(db, "session", 50, actor=ana)
    list_preferences.remember_columns(db, "session", ["id"], actor=ana)

    wanted = list_preferences.find(db, "session", actor=ana)
    assert wanted
    assert (wanted.columns, wanted.page_size) == (["id"], 50)
    assert list_preferences.find(db, "deploy", actor=ana) is None
    assert list_preferences.find(db, "session", actor=actor_of(make.user())) is None


def test_a_choice_can_be_forgotten(db, ana):
    list_preferences.remember_columns(db, "session", ["status"], actor=ana)
    list_preferences.remember_page_size(db, "session", 50, actor=ana)

    list_preferences.remember_columns(db, "session", None, actor=ana)
    list_preferences.remember_page_size(db, "session", None, actor=ana)

    wanted = list_preferences.find(db, "session", actor=ana)
    assert wanted
    assert (wanted.columns, wanted.page_size) == (None, None)


@pytest.mark.parametrize("columns", [[], ["x"] * 101], ids=["none", "too many"])
def test_a_list_without_columns_or_with_too_many_is_no_choice(db, ana, columns):
    with pytest.raises(InvalidInputError):
        list_preferences.remember_columns(db, "session", columns, actor=ana)


@pytest.mark.parametrize("rows", [0, -1, 1_001])
def test_a_page_without_rows_or_with_too_many_is_no_choice(db, ana, rows):
    with pytest.raises(InvalidInputError):
        list_preferences.remember_page_size(db, "session", rows, actor=ana)


def test_density_goes_with_the_person(db, make):
    person = make.user()

    list_preferences.remember_density(db, Density.COMPACT, actor=actor_of(person))

    db.refresh(person)
    assert person.density is Density.COMPACT
