"""Doing something many times at once, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine

from config import sqlalchemy_url
from services.database import DbSession
from services.errors import ServiceError
from tests import vaults


def at_once(url: str, count: int, act: Callable[[DbSession], object]) -> list[type[ServiceError] | None]:
    """Run `act(db)` in `count` transactions at once, and return how each ended: refused by what, or None."""
    engine = create_engine(sqlalchemy_url(url), pool_size=count, **vaults.ENGINE)

    def run(_: int) -> type[ServiceError] | None:
        try:
            with DbSession(engine) as db, db.begin():
                act(db)
        except ServiceError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(count) as pool:
        ended = list(pool.map(run, range(count)))
    engine.dispose()
    return ended
