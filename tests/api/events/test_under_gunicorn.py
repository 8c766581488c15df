"""The stream of events as gunicorn serves it: one process with many listeners answers meanwhile, and stops at once."""

import signal
import socket
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime

import httpx
import psutil
import pytest

from app import create_app
from config import ROOT
from demo.processes import Children
from extensions import database
from models import Role
from services.database_logins import Process
from tests import database_logins
from tests.conftest import settings_for
from tests.listening import Place
from tests.records import Records
from tests.vaults import HOOK_KEY
from tests.workers import eventually

LISTENERS = 50


@pytest.fixture
def place(fresh_database_url, tmp_path):
    """gunicorn with the console's own settings, and its process."""
    settings = settings_for(fresh_database_url)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    environment = {
        "DATABASE_URL": database_logins.of(fresh_database_url, Process.WEB),
        "SECRET_KEY": settings.secret_key,
        "HOOK_KEYS": HOOK_KEY,
        "PORT": str(port),
        "CONSOLE_DATA_DIR": str(tmp_path),
    }
    children = Children(tmp_path)
    place = Place(create_app(settings), port)
    place.child = children.start("web", [sys.executable, "-m", "gunicorn"], environment=environment, cwd=ROOT)
    try:
        eventually(lambda: answers(place), within_s=60, every_s=0.1)
        yield place
    finally:
        children.stop()
        with place.app.app_context():
            database.engine.dispose()


def answers(place):
    assert not place.child.has_ended, place.child.last_words()
    try:
        return httpx.get(f"http://127.0.0.1:{place.port}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_many_listen_in_one_process_which_answers_meanwhile_and_stops_at_once(place, fresh_db):
    make = Records(fresh_db, datetime.now(UTC))
    people = [make.user(role=Role.VIEWER).email for _ in range(5)]
    make.save()
    with ExitStack() as ears:
        listening = [ears.enter_context(place.listen(people[number % 5])) for number in range(LISTENERS)]
        session = make.session(user=make.user())
        make.save()
        heard = {ear.hear().data["ids"][0] for ear in listening}
        assert answers(place)
        [serving] = psutil.Process(place.child.process.pid).children()
        assert serving.num_threads() < 10

        place.child.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        place.child.process.wait(timeout=30)
        lasted = time.monotonic() - began
        assert [ear.hear() for ear in listening] == [None] * LISTENERS

    assert heard == {str(session.id)}
    assert lasted < 6
    assert "Traceback" not in place.child.log.read_text()
    assert "graceful timeout" not in place.child.log.read_text()
