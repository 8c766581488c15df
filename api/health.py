"""Whether the console is alive and ready: for load balancers and watchdogs, which don't sign in."""

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Response, g

import standings
from api.answers import Alive, Ready
from api.operations import operation
from api.problems import problem
from extensions import db_session
from services import health

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


@operation("GET", "/healthz", permission=None, answer=Alive)
def alive() -> Alive:
    """Tell whether the process answers; it asks nothing of the database."""
    return Alive()


@operation("GET", "/readyz", permission=None, answer=Ready, problems=(503,))
def ready() -> Ready | Response:
    """Tell whether the database is reached, migrated, and has its queue; a 503 says what is wrong."""
    standings.be_as_connected()
    faults = health.find_faults(db_session(), heads=_heads())
    return problem(503, " ".join(faults), g.request_id) if faults else Ready()


@cache
def _heads() -> frozenset[str]:
    """The newest migrations of this checkout."""
    return frozenset(ScriptDirectory(str(MIGRATIONS)).get_heads())
