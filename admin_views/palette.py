"""The palette: pages, actions and records, found by what somebody types; a page of its own where no script runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views import palette_entries
from admin_views.access import PermittedView
from admin_views.formatters import shortened
from admin_views.palette_entries import Entry
from extensions import db_session
from people.accounts import current_actor
from services import finding
from services.errors import InvalidInputError
from services.permissions import Permission

PAGES_SHOWN = 6
"""Pages and actions each that stand before what was found, where something was asked for."""
TITLE_LENGTH = 90

RECORDS = {
    "Sessions": ("records.session", "list-details", "session.index_view"),
    "Projects": ("records.project", "box", "project.index_view"),
    "Deploys": ("records.deploy", "rocket", "deploy.index_view"),
    "Rooms": ("records.room", "door", "room.index_view"),
    "Failures": ("failures.group", "alert-triangle", None),
    "Recoveries": ("recoveries.recovery", "refresh", None),
    "People": ("user.details_view", "users", "user.index_view"),
    "Templates": ("template.details_view", "template", "template.index_view"),
    "Configurations": ("project_config.details_view", "settings", "project_config.index_view"),
    "Attempts": ("attempt.details_view", "send", "attempt.index_view"),
    "Audit trail": ("audit_event.details_view", "history", "audit_event.index_view"),
}
"""Of each kind that `services.finding` finds: its records' page, its icon, and the list that can be searched."""


@dataclass(frozen=True)
class Section:
    """Things of one kind."""

    title: str
    entries: list[Entry]


class PaletteView(PermittedView, BaseView):
    """What Ctrl-K shows, and the list of all keys."""

    permission: ClassVar[Permission] = Permission.SEE_RECORDS

    def is_visible(self) -> bool:
        """It is in the bar on top."""
        return False

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What suits `q`: as a whole page, or, where htmx asks, as the options of the dialog's list."""
        given = request.args.get("q", "")
        is_part = request.headers.get("HX-Request") == "true"
        template = "console/_palette_results.html" if is_part else "console/palette.html"
        try:
            asked = finding.parse(given)
        except InvalidInputError as error:
            return self.render(template, q=given[: finding.LIMIT], sections=[], refusal=error.message), 422
        sections = list(_sections(given.strip(), asked))
        return self.render(template, q=given.strip(), sections=sections, is_short=_is_short(given, asked))

    @expose("/keys")
    def keys(self) -> ResponseReturnValue:
        """All keys: a page, or, where the dialog asks, what it shows."""
        is_part = request.headers.get("HX-Request") == "true"
        return self.render("console/_keys.html" if is_part else "console/keys.html")


def _sections(given: str, asked: finding.Asked) -> Iterator[Section]:
    words = tuple(given.lower().split())
    shown = PAGES_SHOWN if words else None
    records = [_section(hits, given) for hits in finding.find(db_session(), asked, actor=current_actor())]
    pages = Section("Pages", palette_entries.pages(words)[:shown])
    views = Section("Saved views", palette_entries.views(words)[:PAGES_SHOWN])
    actions = Section("Actions", palette_entries.actions(words)[:shown])
    yield from (section for section in (pages, views, actions, *records) if section.entries)


def _section(hits: finding.Hits, given: str) -> Section:
    page, icon, searched = RECORDS[hits.kind.name]
    entries = [
        Entry(
            shortened(record.title, TITLE_LENGTH),
            url_for(page, id=record.id),
            icon,
            detail=shortened(record.detail, TITLE_LENGTH),
            status=record.status,
        )
        for record in hits.records
    ]
    if hits.has_more and searched:
        more = f"More {hits.kind.name.lower()}…"
        entries.append(Entry(more, url_for(searched, search=given), "list", detail="in the list"))
    return Section(hits.kind.name, entries)


def _is_short(given: str, asked: finding.Asked) -> bool:
    """Whether something was asked for, but too little to look for records."""
    return bool(given.strip()) and not asked.words and asked.id_range is None
