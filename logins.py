"""As whom web and worker connect to the database: each by a login of its own, where there is one."""

import logging

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from config import ConfigError, Settings
from embedded_database import ensure_database_url
from services import database_logins
from services.database import DbSession
from services.database_logins import Process
from services.engine import ENGINE_OPTIONS
from services.errors import ServiceError
from settings.database import open_way

log = logging.getLogger("console.logins")

OWN = {Process.WEB: "console_web_login", Process.WORKER: "console_worker_login"}
"""What the logins of the console's own PostgreSQL are called."""


def url_of(settings: Settings, process: Process) -> str:
    """The URL by which the process connects; in the console's own PostgreSQL that of a login that is made for it.

    Raises:
        ConfigError: the console's own can't be started, or has no such login.
    """
    if settings.database_url is None:
        owner_url = ensure_database_url(settings)
        make_own(owner_url)
        return url_in_own(owner_url, process)
    named = settings.web_database_url if process is Process.WEB else settings.worker_database_url
    return named or settings.database_url


def url_in_own(owner_url: str, process: Process) -> str:
    """The URL of the process's login in the console's own PostgreSQL, which `owner_url` opens as a superuser.

    The server listens on a socket alone and trusts whoever reaches that, so that the login needs no password.
    """
    return make_url(owner_url).set(username=OWN[process]).render_as_string(hide_password=False)


def make_own(owner_url: str) -> None:
    """Make the logins of the console's own PostgreSQL, as far as the roles are there that they become.

    Raises:
        ConfigError: somebody made them something else.
    """
    engine = create_engine(owner_url, **ENGINE_OPTIONS)
    try:
        with DbSession(engine) as db, db.begin():
            db.execute(text("SELECT pg_advisory_xact_lock(hashtext('console logins'))"))
            for process, login in OWN.items():
                database_logins.make(db, login)
                if database_logins.are_roles_made(db):
                    database_logins.grant(db, login, process)
    except ServiceError as error:
        raise ConfigError(error.message) from error
    except SQLAlchemyError as error:
        raise ConfigError(f"PostgreSQL's logins can't be made ({type(error).__name__}).") from error
    finally:
        engine.dispose()


def warn(database_url: str, process: Process) -> None:
    """Say, each in one line, that somebody in between may read along, and what is wrong with whom it connects as.

    Of the latter it says nothing where the database is away.
    """
    _warn_of_way(database_url, process)
    engine = create_engine(database_url, **ENGINE_OPTIONS)
    try:
        with DbSession(engine) as db:
            login, faults = database_logins.find_own_faults(db, process)
    except SQLAlchemyError:
        return
    finally:
        engine.dispose()
    if faults:
        log.warning(
            "%s connects to the database as %s, which %s. Have it connect by a login of its own, which "
            "`flask console database grant LOGIN --for %s` prepares: see README, Running it for real.",
            *(process.capitalize(), login, faults[0], process),
        )


def _warn_of_way(database_url: str, process: Process) -> None:
    if way := open_way(database_url):
        log.warning(
            "%s reaches the database at %s with sslmode=%s: somebody in between may pretend to be it, or read along. "
            "With sslmode=verify-full nobody may.",
            *(process.capitalize(), way.host, way.sslmode),
        )
