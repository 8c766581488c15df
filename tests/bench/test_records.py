"""The records section: what it fills a database with, and how it asks for pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from sqlalchemy import func, select, text

from bench.errors import BenchError
from bench.records import programs
from bench.records.client import asking
from bench.records.fill import fill
from models import Deploy, DeployAttempt, OnboardingSession, Project, SessionText, User
from services import metrics
from services.listing import counts

SESSIONS = 1_000
INDEXES = text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")


def test_a_console_is_filled_as_its_triggers_would_have_and_keeps_its_indexes(fresh_db, fresh_database_url):
    indexes = fresh_db.execute(INDEXES).all()
    fresh_db.commit()

    filled = fill(fresh_database_url, SESSIONS)

    number = {
        model: fresh_db.scalar(select(func.count()).select_from(model)) for model in (OnboardingSession, SessionText)
    }
    assert number == {OnboardingSession: SESSIONS, SessionText: SESSIONS}
    for model in (Project, Deploy, DeployAttempt):
        assert fresh_db.scalar(select(func.count()).select_from(model)) == SESSIONS // 10
    assert sum(metrics.totals(fresh_db, "onboarding_sessions").values()) == SESSIONS
    failed = select(func.count()).select_from(OnboardingSession).where(OnboardingSession.status == "failed")
    assert counts.count(fresh_db, failed).exact == fresh_db.scalar(failed)
    assert fresh_db.execute(INDEXES).all() == indexes
    assert fresh_db.scalar(select(User.role).where(User.fs_uniquifier == filled.operator)) == "operator"


def test_the_words_to_search_for_are_one_of_a_session_and_one_of_its_person(fresh_db, fresh_database_url):
    of_purpose, of_person = fill(fresh_database_url, SESSIONS).words.split()

    sessions = select(OnboardingSession.id).join(OnboardingSession.user)
    assert fresh_db.scalars(
        sessions.where(OnboardingSession.purpose.contains(of_purpose), User.name.contains(of_person))
    ).all()


class Page(BaseHTTPRequestHandler):
    """Answers with what it was asked for, and notes it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.client_address, self.path, self.headers["Cookie"]))
        body = b"<p>a page</p>"
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def answering() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.asked = []
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def test_a_page_is_asked_for_over_one_connection_signed_in_and_once_before_it_counts():
    with answering() as server, asking(server.server_port, "a cookie") as client:
        assert client.median_ms("/page", 3) > 0

    [(address, _, _)] = set(server.asked)
    assert server.asked == [(address, "/page", "session=a cookie")] * 4


def test_a_page_that_is_refused_is_no_measurement():
    with (
        answering() as server,
        asking(server.server_port) as client,
        pytest.raises(BenchError, match=r"/broken .* 500"),
    ):
        client.median_ms("/broken", 1)


def test_a_program_that_fails_is_no_measurement(fresh_database_url):
    with pytest.raises(BenchError, match=r"psql ended with .* does not exist"):
        programs.run("psql", "--no-psqlrc", "--command", "SELECT * FROM nothing", fresh_database_url)


def test_what_a_program_prints_is_returned_unless_it_is_thrown_away(fresh_database_url):
    command = ("psql", "--no-psqlrc", "--tuples-only", "--command", "SELECT 6 * 7", fresh_database_url)

    assert programs.run(*command).strip() == "42"
    assert programs.run(*command, is_kept=False) == ""
