"""The library of tests/admin_views/plain_app.py at a server of this process, for browsers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine
from werkzeug.serving import make_server

from config import sqlalchemy_url
from extensions import database
from models import Role
from services.database import DbSession
from tests.admin_views import plain_app as plain
from tests.client import signed_in
from tests.conftest import NOW, settings_for
from tests.records import Records


class Library:
    """Views written for plain Flask-Admin, in service, with one reader signed in."""

    def __init__(self, url: str, cookie: str, engine: Any) -> None:
        self.url = url
        self.cookie = cookie
        self._engine = engine

    @contextmanager
    def shelves(self) -> Iterator[DbSession]:
        """What is stored now; what is changed in the block is kept."""
        with DbSession(self._engine) as db, db.begin():
            yield db


@contextmanager
def open_library(database_url: str) -> Iterator[Library]:
    """Serve the library from this database, which it furnishes."""
    engine = create_engine(sqlalchemy_url(database_url))
    plain.PlainBase.metadata.create_all(engine)
    with DbSession(engine) as db, db.begin():
        plain.furnish(db)
        db.add_all(plain.Country(name=f"Country {number:02}") for number in range(30))
        make = Records(db, NOW)
        user = make.user(role=Role.ADMIN)
        known = signed_in(user, make.sign_in(user))
    app = plain.create_plain_app(settings_for(database_url, secret_key=uuid4().hex * 2))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    cookie = app.session_interface.get_signing_serializer(app).dumps(known)  # type: ignore[attr-defined]
    try:
        yield Library(f"http://127.0.0.1:{server.server_port}", cookie, engine)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            database.engine.dispose()
        engine.dispose()
