"""The tables of access together, by theme."""

from tests.access import deliveries, lists, people, programs, records
from tests.access.cells import Action, read

THEMES = (lists, records, deliveries, people, programs)
ACTIONS: dict[str, Action] = {name: action for theme in THEMES for name, action in theme.ACTIONS.items()}
EXPECTED = {name: cells for theme in THEMES for name, cells in read(theme.TABLE)}
