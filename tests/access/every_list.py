"""What each list has besides its page: who may ask for it, by list.

These routes are the same methods of one class, so that their rows are made: for whoever may, anything but a refusal of
the person will do, since whether a list has such an act at all is another matter.
"""

from collections.abc import Iterator

from models import Role
from tests.access.cells import Action, get, post

LISTS = """
               record    sees      creates  edits     deletes
session        session   everybody nobody   nobody    admin
project        project   everybody nobody   nobody    admin
project_config config    everybody nobody   operators nobody
room           room      everybody nobody   operators admin
deploy         failed    everybody nobody   nobody    nobody
attempt        attempt   everybody nobody   nobody    nobody
template       template  readers   admin    admin     admin
user           person    readers   nobody   admin     nobody
audit_event    unused    readers   nobody   nobody    nobody
api_token      token     admin     nobody   nobody    nobody
"""
WHO = {
    "everybody": {"own", Role.VIEWER, Role.OPERATOR, Role.ADMIN},
    "readers": {Role.VIEWER, Role.OPERATOR, Role.ADMIN},
    "operators": {Role.OPERATOR, Role.ADMIN},
    "admin": {Role.ADMIN},
    "nobody": set(),
}
SEEN = {
    "": get,
    "count/": get,
    "facets/": get,
    "how-many/": get,
    "export/": get,
    "export/file/?format=csv": get,
    "export/later/?format=csv": (get, post),
    "export/csv/": get,
    "history/?id={%s}": get,
    "details/?id={%s}": get,
    "columns/": post,
    "order/": post,
    "page-size/": post,
}
CREATED = {"new/": (get, post)}
EDITED = {"edit/?id={%s}": (get, post), "ajax/update/": (post,)}
REVERTED = {"project": "operators"}
"""Whose records can be set back by others than those who may edit them in a form: prompts have a page of their own."""
REVERT = {"revert/": post}
DELETED = {"delete/": (post,)}


def rows() -> Iterator[tuple[str, Action, set[str | Role]]]:
    """(name, request, who may) of each route of each list."""
    for line in LISTS.strip("\n").splitlines()[1:]:
        endpoint, record, sees, creates, edits, deletes = line.split()
        held = [
            (REVERT, REVERTED.get(endpoint, edits)),
            (SEEN, sees),
            (CREATED, creates),
            (EDITED, edits),
            (DELETED, deletes),
        ]
        for routes, who in held:
            for path, kinds in routes.items():
                for kind in kinds if isinstance(kinds, tuple) else (kinds,):
                    address = path % record if "%s" in path else path
                    action = kind(f"/admin/{endpoint}/{address}")
                    if action.method == "POST":
                        action.form = {"id": f"{{{record}}}", "event": "{unused}"}
                    yield f"{action.method} {endpoint}/{path.partition('?')[0]}", action, WHO[who]
        pickers = WHO[creates] | WHO[edits]
        yield f"GET {endpoint}/ajax/lookup/", get(f"/admin/{endpoint}/ajax/lookup/?name=any&query=x"), pickers
        acts = post(f"/admin/{endpoint}/action/", action="delete", rowid=f"{{{record}}}")
        yield f"POST {endpoint}/action/", acts, WHO[deletes]


ROWS = {name: (action, who) for name, action, who in rows()}
