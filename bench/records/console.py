"""The console as it is, with one address more: the least that somebody who is signed in can ask of it."""

from flask import Response
from sqlalchemy import text

from api.access import permitted_actor
from app import create_web
from bench.records.place import LEAST
from extensions import db_session
from services.permissions import Permission

app = create_web()


@app.get(LEAST)
def least() -> Response:
    """One SELECT, by somebody who may see records."""
    permitted_actor(Permission.SEE_RECORDS)
    return Response(f'{{"one": {db_session().scalar(text("SELECT 1"))}}}', mimetype="application/json")
