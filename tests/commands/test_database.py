"""`flask console database …`: the logins of web and worker."""

from uuid import uuid4

from sqlalchemy import select, text

from models import AuditEvent
from services import database_logins
from services.database_logins import Process


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["console", "database", "grant", *arguments])


def test_a_login_is_prepared_from_a_terminal_which_history_tells_once(app, db):
    login = f"login_{uuid4().hex[:8]}"
    db.execute(text(f"CREATE ROLE {login} LOGIN NOINHERIT"))

    granted = [run(app, login, "--for", "web") for _ in range(2)]

    assert [result.output for result in granted] == [
        f"{login} is web's login: by itself it reads and writes nothing.\n"
    ] * 2
    assert database_logins.find_faults(db, login, Process.WEB) == []
    [event] = db.scalars(select(AuditEvent).filter_by(tag="database:grant"))
    assert event.after == {"login": login, "process": "web"}


def test_a_login_that_can_not_be_prepared_is_one_line(app, db):
    refused = run(app, db.scalar(text("SELECT current_user")), "--for", "worker")

    assert refused.exit_code == 1
    assert refused.output.endswith("can't be worker's login: it is a superuser.\n")
    assert refused.output.count("\n") == 1
