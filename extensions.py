"""The Flask extensions, and transaction(): the one place where HTTP and the command line commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import g, has_request_context
from flask_compress import Compress
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

import standings
from models import Base
from services import audit, reads
from services.database import DbSession
from services.permissions import Actor


class PageTokens(CSRFProtect):  # type: ignore[misc]  # Flask-WTF has no types
    """Flask-WTF's guard, which asks nothing more of a request that was found to know its sign-in's secret."""

    def protect(self, apply_exemptions: bool = False) -> None:
        if not g.get("csrf_valid"):
            super().protect(apply_exemptions)


database = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate(directory="migrations")
csrf = PageTokens()
compress = Compress()
standings.watch(database)
reads.watch(database.session)


def db_session() -> DbSession:
    """The ORM session of this request or command."""
    return cast(DbSession, database.session())


@contextmanager
def transaction(actor: Actor) -> Iterator[DbSession]:
    """One transaction on behalf of `actor`: all of it is committed, or, where anything is raised, none."""
    db = db_session()
    with standings.on_behalf_of(db, actor):
        try:
            audit.act_as(db, actor, request_id=g.get("request_id") if has_request_context() else None)
            reads.expect_writes(db)
            yield db
            db.commit()
        except BaseException:
            db.rollback()
            raise
