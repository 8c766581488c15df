"""What people have for themselves, and prove who they are by, nobody else reaches, whoever else's records they see."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import (
    Acting,
    ApiToken,
    AuthenticatorApp,
    Export,
    ExportChunk,
    Identity,
    ListPreference,
    Passkey,
    RecoveryCode,
    Role,
    SavedView,
    SavedViewPin,
    SecondFactorTries,
    SignIn,
)
from tests.access.conftest import export_of, identity_of, passkey_of
from tests.conftest import NOW
from tests.services.test_row_security import acting
from tests.tokens import add_token

ONES_OWN = (Export, ExportChunk, Identity, ListPreference, Passkey, RecoveryCode, SavedView, SavedViewPin, SignIn)
ONES_OWN += (Acting, ApiToken, AuthenticatorApp, SecondFactorTries)


def one_of_each(db, make, owner, admin):
    passkey_of(db, owner)
    identity_of(db, owner)
    add_token(db, owner)
    make.sign_in(owner)
    whose, at = {"user_id": owner.id}, {"tried_at": NOW, "next_try_at": NOW}
    db.add_all(
        [
            ExportChunk(export_id=export_of(db, owner).id, number=0, data=b"a"),
            ListPreference(**whose, endpoint="session"),
            SavedViewPin(**whose, view_id=make.saved_view(owner=owner).id, position=1),
            AuthenticatorApp(**whose, secret="sealed", last_step=0),
            RecoveryCode(**whose, digest=owner.id.bytes),
            SecondFactorTries(**whose, factor="code", tries=1, **at),
            Acting(**whose, admin_id=admin.id, reason="A ticket", started_at=NOW, ends_at=NOW + timedelta(hours=1)),
        ]
    )
    db.flush()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_what_people_have_for_themselves_nobody_else_reaches(db, make, role):
    admin, person, other = make.user(role=Role.ADMIN), make.user(role=role), make.user(role=role)
    for owner in (person, other):
        one_of_each(db, make, owner, admin)

    with acting(db, person):
        found = {model: db.scalar(select(func.count()).select_from(model)) for model in ONES_OWN}

    assert found == dict.fromkeys(ONES_OWN, 1)
