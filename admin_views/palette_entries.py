"""What the palette finds besides records: pages, saved views and actions; only those that the person may use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for

from admin_views import saved_views
from admin_views.preferences import preference
from admin_views.shortcuts import go_keys
from people.accounts import current_actor
from services.permissions import Permission, can


@dataclass(frozen=True)
class Entry:
    """One thing that can be chosen."""

    title: str
    url: str
    icon: str
    detail: str = ""
    status: str = ""
    """A record's, as a machine has it."""
    keys: str = ""
    """What leads there without the palette: `g s`."""
    posts: bool = False
    """Whether choosing it POSTs to the address; a link is followed otherwise."""
    field: tuple[str, str] | None = None
    """Name and value that are POSTed."""
    meant: str = ""
    """More words by which it is found."""

    def suits(self, words: tuple[str, ...]) -> bool:
        """Whether it has all the words, in lower case, or their beginnings."""
        has = f"{self.title} {self.detail} {self.meant}".lower()
        return all(word in has for word in words)


@dataclass(frozen=True)
class Action:
    """Something that can be done from anywhere; what changes data does so on a page of its own, which asks."""

    title: str
    icon: str
    endpoint: str
    permission: Permission
    meant: str = ""
    posts: bool = False
    arguments: Mapping[str, Any] = field(default_factory=dict)


ACTIONS = (
    Action(
        "Start a new wizard",
        "plus",
        "wizard.start",
        Permission.RUN_WIZARD,
        "begin create onboarding session project",
        posts=True,
    ),
    Action(
        "Recover failures…", "lifebuoy", "recoveries.new", Permission.RECOVER_DEPLOYS, "retry replay all dead-lettered"
    ),
    Action(
        "Pause or resume deliveries…",
        "player-pause",
        "deliveries.index",
        Permission.PAUSE_DELIVERIES,
        "stop hold switch hosts hooks",
    ),
    Action("Add a template…", "plus", "template.create_view", Permission.EDIT_TEMPLATE, "new create prompt"),
    Action(
        "Show deploys that gave up",
        "inbox",
        "deploy.index_view",
        Permission.SEE_RECORDS,
        "failed dead-lettered retry",
        arguments={"flt0_status_equals": "dead_lettered"},
    ),
    Action("Show all keys", "keyboard", "palette.keys", Permission.SEE_RECORDS, "help shortcuts hotkeys ?"),
)
CHOICES = (
    ("theme", "dark", "Use the dark theme", "moon"),
    ("theme", "light", "Use the light theme", "sun"),
    ("theme", "system", "Use the system’s theme", "device-desktop"),
    ("density", "compact", "Use compact rows", "list"),
    ("density", "comfortable", "Use comfortable rows", "list-details"),
    ("keys", "off", "Turn single keys off", "keyboard"),
    ("keys", "on", "Turn single keys on", "keyboard"),
)
"""Preferences as actions: name, value, title, icon. What is chosen already is not offered."""


def pages(words: tuple[str, ...]) -> list[Entry]:
    """The navigation, as far as the person may see it; those whose name begins with the first word come first."""
    [admin] = current_app.extensions["admin"]
    studio = Entry("Studio", url_for("records.studio"), "wand", detail="Projects", meant="prompt edit")
    everything = (*_menu(admin.menu(), ""), studio, *_menu(admin.menu_links(), ""))
    found = [entry for entry in everything if entry.suits(words)]
    return sorted(found, key=lambda entry: not entry.title.lower().startswith(words[:1] or ("",)))


def views(words: tuple[str, ...]) -> list[Entry]:
    """Saved views, the person's own and shared ones, once something is asked for."""
    listed = saved_views.openable() if words else []
    entries = [
        Entry(one.known.view.name, one.url, "stack-2", detail=one.list_name, meant="saved view") for one in listed
    ]
    return [entry for entry in entries if entry.suits(words)]


def actions(words: tuple[str, ...]) -> list[Entry]:
    """What the person may do from anywhere."""
    acts = [_entry(action) for action in ACTIONS if can(current_actor(), action.permission)]
    sign_out = Entry("Sign out", url_for("security.logout"), "logout", posts=True, meant="log out leave")
    return [entry for entry in (*acts, *_preferences(), sign_out) if entry.suits(words)]


def _menu(items: list[Any], category: str) -> Iterator[Entry]:
    for item in items:
        if item.is_category():
            yield from _menu(item.get_children(), item.name)
        elif item.is_accessible() and item.is_visible():
            icon = item.get_icon_value() if item.get_icon_type() == "symbol" else "file-text"
            yield Entry(item.name, item.get_url(), icon, detail=category, keys=go_keys(item) or "")


def _entry(action: Action) -> Entry:
    url = url_for(action.endpoint, **action.arguments)
    return Entry(action.title, url, action.icon, posts=action.posts, meant=action.meant)


def _preferences() -> Iterator[Entry]:
    for name, value, title, icon in CHOICES:
        if preference(name) != value:
            url = url_for("preferences.save")
            yield Entry(title, url, icon, posts=True, field=(name, value), meant=f"{name} preference switch appearance")
