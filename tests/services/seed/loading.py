"""Loads seeded data for the tests beside it."""

from sqlalchemy import func, select

from services import seed
from services.database import DbSession
from tests.conftest import NOW

BASE = "http://127.0.0.1:8011"
SESSIONS = 960


def load(db: DbSession, sessions: int = SESSIONS, number: int = 1, **arguments) -> None:
    seed.load(db, sessions=sessions, seed=number, now=NOW, hook_base=BASE, **arguments)
    db.expire_all()


def count(db: DbSession, model, *conditions) -> int:
    return db.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
