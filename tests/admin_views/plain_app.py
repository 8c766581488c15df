"""Views as they are written for plain Flask-Admin, which know nothing of the console, shown in its theme: a library."""

from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, flash
from flask_admin.actions import action
from flask_admin.contrib.rediscli import RedisCli
from flask_admin.contrib.sqla import ModelView
from flask_admin.contrib.sqla.fields import CheckboxListField
from flask_admin.contrib.sqla.form import AdminModelConverter, InlineModelConverter
from flask_admin.form import FileUploadField, rules
from flask_admin.model.fields import InlineFieldList
from flask_admin.model.form import InlineFormAdmin
from flask_admin.model.template import EndpointLinkRowAction, LinkRowAction
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, Numeric, String, Table, Text
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from wtforms import FloatField, PasswordField, RadioField, StringField

from app import create_app
from config import Settings
from extensions import database

MACROS = """
{% macro framed(title) %}<section aria-label="{{ title }}">{{ caller() }}</section>{% endmacro %}
{% macro told(text) %}<p class="told">{{ text }}</p>{% endmacro %}
"""
TEMPLATES = {
    "plain/create.html": '{% extends "admin/model/create.html" %}' + MACROS,
    "plain/edit.html": '{% extends "admin/model/edit.html" %}' + MACROS,
    "plain/list.html": """
{% extends "admin/model/list.html" %}
{% block model_menu_bar_before_filters %}<a class="told" href="#here">Before the filters</a>{% endblock %}
{% block list_header scoped %}{{ super() }}<th>Told</th>{% endblock %}
{% block list_row scoped %}{{ super() }}<td class="told">{{ row.name }}, told</td>{% endblock %}
{% block list_row_actions scoped %}{{ super() }}<a href="#told">Told</a>{% endblock %}
{% block empty_list_message %}<p class="told">Nobody is told.</p>{% endblock %}
""",
}
"""Templates of the application's own, which build on Flask-Admin's."""
OF_FLASK_ADMIN = [
    pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Yielding raw tuples from iter_choices:DeprecationWarning"),
]
"""Marks for tests of these views: Flask-Admin's own fields speak to WTForms in ways that it will give up."""
UPLOADS = Path("/tmp/console-tests-uploads")  # noqa: S108 - nothing is written unless a test sends a file


class PlainBase(DeclarativeBase):
    """Not the console's, so that these tables are no part of its migrations."""


class Kind(Enum):
    NOVELIST = "novelist"
    POET = "poet"


def pairs(name: str, left: str, right: str) -> Table:
    """A table of pairs."""
    columns = (Column(f"{one}_id", ForeignKey(f"plain_{one}s.id"), primary_key=True) for one in (left, right))
    return Table(name, PlainBase.metadata, *columns)


class Country(PlainBase):
    __tablename__ = "plain_countrys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))

    def __str__(self) -> str:
        return self.name


class Genre(PlainBase):
    __tablename__ = "plain_genres"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))

    def __str__(self) -> str:
        return self.name


class Author(PlainBase):
    """A column of every type, and a relation of every kind, of which Flask-Admin makes a field."""

    __tablename__ = "plain_authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    biography: Mapped[str | None] = mapped_column(Text)
    age: Mapped[int | None]
    height: Mapped[float | None]
    royalties: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    active: Mapped[bool | None]
    born: Mapped[date | None]
    met_at: Mapped[datetime | None]
    wakes_at: Mapped[time | None]
    kind: Mapped[Kind | None] = mapped_column(SqlEnum(Kind, name="plain_kind", native_enum=False))
    mood: Mapped[str] = mapped_column(SqlEnum("calm", "cross", name="plain_mood", native_enum=False), default="calm")
    size: Mapped[str | None] = mapped_column(String(10))
    nicknames: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
    lucky_numbers: Mapped[list[int] | None] = mapped_column(ARRAY(database.Integer))
    extra: Mapped[Any | None] = mapped_column(JSON)
    manuscript: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret: Mapped[str | None] = mapped_column(String(80))
    portrait: Mapped[str | None] = mapped_column(String(200))
    country_id: Mapped[int | None] = mapped_column(ForeignKey("plain_countrys.id"))
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("plain_authors.id"))
    birthplace_id: Mapped[int | None] = mapped_column(ForeignKey("plain_countrys.id"))
    country: Mapped[Country | None] = relationship(foreign_keys=[country_id])
    mentor: Mapped["Author | None"] = relationship(remote_side=[id])
    birthplace: Mapped[Country | None] = relationship(foreign_keys=[birthplace_id])
    genres: Mapped[list[Genre]] = relationship(secondary=pairs("plain_author_genres", "author", "genre"))
    interests: Mapped[list[Genre]] = relationship(secondary=pairs("plain_author_interests", "author", "genre"))
    visited: Mapped[list[Country]] = relationship(secondary=pairs("plain_author_visits", "author", "country"))
    books: Mapped[list["Book"]] = relationship(back_populates="author", cascade="all, delete-orphan")

    def __str__(self) -> str:
        return self.name


class Book(PlainBase):
    __tablename__ = "plain_books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    published: Mapped[date | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("plain_authors.id"))
    genre_id: Mapped[int | None] = mapped_column(ForeignKey("plain_genres.id"))
    author: Mapped[Author] = relationship(back_populates="books")
    genre: Mapped[Genre | None] = relationship()
    editions: Mapped[list["Edition"]] = relationship(back_populates="book", cascade="all, delete-orphan")


class Edition(PlainBase):
    __tablename__ = "plain_editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    isbn: Mapped[str] = mapped_column(String(20))
    book_id: Mapped[int] = mapped_column(ForeignKey("plain_books.id"))
    book: Mapped[Book] = relationship(back_populates="editions")


class BookInline(InlineFormAdmin):
    """Books within their author's form, and editions within their book's."""

    form_columns = ("id", "title", "published", "genre")

    def postprocess_form(self, form_class: Any) -> Any:
        return InlineModelConverter(database, self, AdminModelConverter).contribute(Book, form_class, Edition)


class AuthorView(ModelView):
    column_list = ("name", "age", "active", "born", "met_at", "country", "kind", "nicknames")
    column_searchable_list = ("name",)
    column_filters = ("name", "age", "active", "born", "met_at", "wakes_at", "kind", "country.name", "royalties")
    column_editable_list = ("age", "active", "born", "country")
    can_view_details = True
    can_export = True
    form_choices = {"size": [("s", "Small"), ("l", "Large")]}  # noqa: RUF012
    form_ajax_refs = {  # noqa: RUF012
        "birthplace": {"fields": ("name",), "page_size": 10, "minimum_input_length": 0},
        "visited": {"fields": ("name",), "page_size": 10, "minimum_input_length": 0, "placeholder": "Countries"},
    }
    form_overrides = {  # noqa: RUF012
        "interests": CheckboxListField,
        "secret": PasswordField,
        "portrait": FileUploadField,
        "height": FloatField,
    }
    form_args = {  # noqa: RUF012
        "interests": {"query_factory": lambda: database.session.query(Genre)},
        "portrait": {"base_path": str(UPLOADS)},
        "name": {"description": "As on the <b>cover</b>."},
        "biography": {"label": "Life", "render_kw": {"class": "of-its-own", "aria-describedby": "elsewhere"}},
    }
    form_widget_args = {"biography": {"rows": 6}, "height": {"readonly": True}}  # noqa: RUF012
    form_excluded_columns = ("manuscript",)
    inline_models = (BookInline(Book),)


class AuthorModalView(ModelView):
    """The same table in windows."""

    create_modal = edit_modal = details_modal = can_view_details = True
    form_columns = ("name", "born", "country", "genres")


class AuthorRulesView(ModelView):
    """The same table by rules, with fields that no column has."""

    form_columns = ("name", "age", "height", "royalties", "country", "active", "shade", "aliases")
    form_overrides = {"height": FloatField}  # noqa: RUF012
    form_extra_fields = {  # noqa: RUF012
        "shade": RadioField("Shade", choices=[("light", "Light"), ("dark", "Dark")], default="dark"),
        "aliases": InlineFieldList(StringField("Alias"), label="Aliases"),
    }
    form_rules = (
        rules.FieldSet(("name", "age"), "Who"),
        rules.Header("What"),
        rules.HTML("<p class='told'>As <i>written</i>.</p>"),
        rules.Text("Less < more"),
        rules.Row("height", "royalties"),
        rules.Container("framed", rules.Field("country"), title="Where"),
        rules.Macro("told", text="By a macro"),
        rules.NestedRule(("active", "shade")),
        "aliases",
    )
    create_template = "plain/create.html"
    edit_template = "plain/edit.html"


class AuthorListView(ModelView):
    """The same table as a list with all that a list can have."""

    column_list = (
        "name",
        "biography",
        "age",
        "royalties",
        "active",
        "born",
        "met_at",
        "wakes_at",
        "mood",
        "country",
        "genres",
    )
    column_editable_list = column_list
    column_searchable_list = ("name", "country.name")
    column_filters = (*column_list[:-2], "kind", "height", "country.name")
    column_descriptions = {"royalties": "Of <i>all</i> books, in euros."}  # noqa: RUF012
    column_labels = {"wakes_at": "Wakes"}  # noqa: RUF012
    column_extra_row_actions = [  # noqa: RUF012
        LinkRowAction("fa fa-rocket", "https://example.com/{row_id}", title="Launch"),
        EndpointLinkRowAction("glyphicon glyphicon-cog", ".edit_view", title="Set up"),
    ]
    can_view_details = can_export = can_set_page_size = True
    export_types = ("csv", "json")
    page_size_options = (2, 20)
    named_filter_urls = True
    form_columns = column_list

    @action("praise", "Praise", "Praise the selected authors?")
    def action_praise(self, ids: list[str]) -> None:
        flash(f"Praised {', '.join(sorted(ids))}.", "success")

    @action("greet", "Greet")
    def action_greet(self, ids: list[str]) -> None:
        flash(f"Greeted {', '.join(sorted(ids))}.", "success")


class AuthorPagesView(ModelView):
    """The same table without a count, in a template of the application's own."""

    simple_list_pager = True
    page_size = 1
    column_list = ("name",)
    column_filters = ("name", "born")
    list_template = "plain/list.html"
    form_columns = ("name",)


class GenreView(ModelView):
    """Not one line."""


class Store:
    """As much of a Redis client as a console of commands needs."""

    def ping(self) -> bool:
        """Answer."""
        return True

    def delete(self, key: str) -> int:
        return 0

    def keys(self, pattern: str) -> list[bytes]:
        return [f"{pattern}{number}<b>".encode() for number in (1, 2)]


def create_plain_app(settings: Settings) -> Flask:
    """The console with the library beside it."""
    app = create_app(settings)
    app.jinja_loader = ChoiceLoader([app.jinja_loader, DictLoader(TEMPLATES)])  # type: ignore[misc, list-item]
    [admin] = app.extensions["admin"]
    admin.add_view(AuthorView(Author, database, "Authors", endpoint="authors"))
    admin.add_view(AuthorModalView(Author, database, "Authors in windows", endpoint="windows"))
    admin.add_view(AuthorRulesView(Author, database, "Authors by rules", endpoint="rules"))
    admin.add_view(AuthorListView(Author, database, "Authors in a list", endpoint="listed"))
    admin.add_view(AuthorPagesView(Author, database, "Authors by pages", endpoint="paged"))
    admin.add_view(RedisCli(Store(), "Redis", endpoint="redis"))
    admin.add_view(GenreView(Genre, database, "Genres", endpoint="genres"))
    return app


def furnish(db: Any) -> Author:
    """A library of one author with a value in each column, some books, and countries to choose from."""
    countries = [Country(name=name) for name in ("Brazil", "Cape Verde", "Portugal")]
    genres = [Genre(name=name) for name in ("Crime", "Poetry", "Travel")]
    mentor = Author(name="Machado")
    author = Author(
        name="Ana <b>",
        biography="Born, wrote, lived.",
        age=44,
        height=1.5,
        royalties=Decimal("12.50"),
        active=True,
        born=date(1981, 2, 3),
        met_at=datetime(2020, 5, 6, 7, 8),  # noqa: DTZ001 - a column without a zone
        wakes_at=time(6, 30),
        kind=Kind.POET,
        mood="cross",
        size="l",
        nicknames=["Anita", "The Pen"],
        lucky_numbers=[3, 7],
        extra={"prizes": [{"name": "Camões"}]},
        secret="hush",
        portrait="ana.png",
        country=countries[2],
        mentor=mentor,
        birthplace=countries[0],
        genres=genres[:2],
        interests=genres[1:],
        visited=countries[:2],
        books=[Book(title="First", published=date(2001, 1, 2), genre=genres[0], editions=[Edition(isbn="1")])],
    )
    db.add_all([*countries, *genres, author])
    db.flush()
    return author
