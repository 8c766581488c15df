"""The demo's database: its tables, its people and, the first time, its data."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from alembic import command
from alembic.util import CommandError
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from demo import people
from demo.errors import DemoError
from demo.settings import SESSIONS
from extensions import migrate, transaction
from models import Role, User
from services import seed
from services.database import DbSession
from services.seed import hooks

SEED = 20_261_125
"""The demo is the same for everybody, but for its times."""


@contextmanager
def explained(advice: str) -> Iterator[None]:
    """Say in one line what is wrong with the database, and what helps."""
    try:
        yield
    except CommandError as error:
        raise DemoError(f"The tables can't be brought up to date: {_line(error)}. {advice}".strip()) from error
    except SQLAlchemyError as error:
        what = _line(getattr(error, "orig", None) or error)
        raise DemoError(f"The database can't be used: {what}. {advice}".strip()) from error


def bring_up_to_date() -> None:
    """Run the migrations that the database lacks."""
    command.upgrade(migrate.get_config(), "head")


def find_receiver_base() -> str | None:
    """Where the hooks in the data expect the receiver; None while there is no data."""
    with transaction(people.DEMO) as db:
        return hooks.find_base(db)


def move_hooks(old_base: str, new_base: str) -> None:
    """Let the hooks in the data follow the receiver to another port."""
    with transaction(people.DEMO) as db:
        hooks.move(db, old_base, new_base)


def is_new() -> bool:
    """Whether there is no data yet; asked before the migrations, so that a stranger's tables are not touched.

    Raises:
        DemoError: there is data, but not the demo's; its people would get sign-ins with a known password.
    """
    with transaction(people.DEMO) as db:
        if not inspect(db.connection()).has_table(User.__tablename__):
            return True
        users = db.scalar(select(func.count()).select_from(User)) or 0
        ours = db.scalar(select(func.count()).where(User.email == people.address(Role.ADMIN)))
        if users and not ours:
            raise DemoError("The database has data that is not the demo's, so it is left alone; name an empty one.")
        return not users


def load(password: str, receiver_base: str) -> None:
    """Add the demo's people and data, all or nothing."""
    now = datetime.now(UTC)
    with transaction(people.DEMO) as db:
        member = people.add_all(db, password, now=now)[Role.MEMBER]
        _seed(db, member, receiver_base, now)


def keep_password(password: str) -> None:
    """Let the demo's people sign in with this password from now on."""
    with transaction(people.DEMO) as db:
        people.keep_password(db, password)


def _seed(db: DbSession, member: User, receiver_base: str, now: datetime) -> None:
    seed.load(db, sessions=SESSIONS, seed=SEED, now=now, hook_base=receiver_base, favoured=[member.id])


def _line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
