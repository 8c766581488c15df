"""How many rows a list has: told at once where it is cheap, and exactly to whoever asks."""

from typing import Any

from extensions import db_session
from services.listing import counts
from services.listing.counts import Count


class ListCounts:
    """Mixed into a model view."""

    simple_list_pager: bool

    def count_rows(self, search: str | None, filters: Any, *, exact: bool = False) -> Count | None:
        """How many rows the search and the filters select, in the person's scope.

        Args:
            exact: however long it takes, up to a limit.

        Returns:
            None where the view wants no count, or the search or a filter can't be used.
        """
        if self.simple_list_pager or not self.can_select(search, filters):
            return None
        counting = self._narrowed(self.get_count_query(), search, filters)[0].statement
        return (counts.count_exactly if exact else counts.count)(db_session(), counting)
