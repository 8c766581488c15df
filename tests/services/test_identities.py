"""People as the provider knows them, as the database has it; tests/people/provider has the rest."""

import pytest
from sqlalchemy import select

from models import Identity, Role
from services import database_roles, identities, users
from services.database_roles import standing_of
from services.errors import ConflictError
from services.provider.terms import Person
from tests.conftest import NOW, actor_of


def known_as(subject):
    terms = {"email": None, "name": None, "role": None, "gave_second_factor": False, "proved_at": None}
    return Person("https://id.example.com", subject, **terms)


def test_who_is_known_by_the_provider_alone_is_a_way_in(db, make):
    person = make.user(role=Role.ADMIN)
    assert not users.has_way_in(db)

    identities.link(db, known_as("ana"), actor=actor_of(person), now=NOW)

    assert users.has_way_in(db)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_the_database_shows_people_their_own_identities_alone(db, make, role):
    ana, ben = make.user(role=role), make.user(role=role)
    for person, subject in ((ana, "ana"), (ben, "ben")):
        identities.link(db, known_as(subject), actor=actor_of(person), now=NOW)

    database_roles.take(db, db.connection(), standing_of(actor_of(ana)))

    assert db.scalars(select(Identity.subject)).all() == ["ana"]


def test_what_is_somebody_elses_is_not_linked_though_the_database_hides_it(db, make):
    ana, ben = make.user(), make.user()
    identities.link(db, known_as("ana"), actor=actor_of(ana), now=NOW)
    database_roles.take(db, db.connection(), standing_of(actor_of(ben)))

    with pytest.raises(ConflictError, match="linked already"):
        identities.link(db, known_as("ana"), actor=actor_of(ben), now=NOW)
