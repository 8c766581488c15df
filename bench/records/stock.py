"""Flask-Admin as it comes, over the console's tables: what the console's lists are compared with."""

import os
from types import SimpleNamespace

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_admin.contrib.sqla.filters import FilterEqual
from flask_sqlalchemy import SQLAlchemy

from bench.records.place import EXPORTED, PAGE
from config import sqlalchemy_url
from models import Base, OnboardingSession

database = SQLAlchemy(metadata=Base.metadata)


class SessionView(ModelView):
    """The columns, the search, the filter and the order of the console's list."""

    can_export = True
    export_max_rows = EXPORTED
    named_filter_urls = True
    page_size = PAGE
    column_list = ("user", "purpose", "template", "status", "deploy_response", "deploy_triggered_at", "updated_at")
    column_export_list = (
        "id",
        "user.email",
        "purpose",
        "target_audience",
        "model_preference",
        "hosting_target",
        "api_provider",
        "api_key_last_four",
        "template.title",
        "status",
        "vercel_hook_url",
        "deploy_triggered_at",
        "deploy_response",
        "survey",
        "created_at",
        "updated_at",
    )
    column_searchable_list = ("purpose", "target_audience", "user.email", "user.name")
    column_filters = (FilterEqual(OnboardingSession.status, "Status"),)
    column_default_sort = ("updated_at", True)


def _make() -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=os.environ["SECRET_KEY"],
        SQLALCHEMY_DATABASE_URI=sqlalchemy_url(os.environ["DATABASE_URL"]),
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, "connect_args": {"options": "-c timezone=UTC"}},
    )
    database.init_app(app)
    Admin(app, url="/admin").add_view(SessionView(OnboardingSession, database, "Sessions", endpoint="session"))
    # gunicorn's settings are the console's, which tell its streams when to end; there are none here.
    app.extensions["console_live"] = SimpleNamespace(end_when=lambda has_ended: None)
    return app


app = _make()
