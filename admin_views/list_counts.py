"""How many rows a list has: told at once as well as it is cheaply known, and exactly to whoever asks."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask_admin import expose

from admin_views.list_arguments import ListArguments
from extensions import db_session
from services.listing import counts
from services.listing.counts import Count


class ListCounts:
    """Mixed into a model view."""

    simple_list_pager: bool

    def count_rows(self, search: str | None, filters: Any, *, exact: bool = False) -> Count | None:
        """How many rows the search and the filters select, in the person's scope.

        Args:
            exact: whether it is worth seconds.

        Returns:
            None where the list is not counted, or the search or a filter can't be used.
        """
        if self.simple_list_pager or not self.can_select(search, filters):
            return None
        if self.sees_nothing():
            return Count(0)
        counting = self._narrowed(self.get_count_query(), search, filters)[0].statement
        return (counts.count_exactly if exact else counts.count)(db_session(), counting)

    @expose("/count/")
    def count_view(self) -> str:
        """The list's exact count alone, which takes the place of the ones that stand on the list's page.

        Raises:
            InvalidInputError: an argument can't be used.
        """
        arguments: ListArguments = self.asked()
        arguments.extra_args |= {"count": "exact"}
        return self.render(
            "admin/model/_counted.html",
            row_count=self.count_rows(arguments.search, arguments.filters, exact=True),
            count=None,
            extra_args=arguments.extra_args,
            return_url=self._get_list_url(arguments),
        )

    def count_urls(self, address: str) -> tuple[str, str]:
        """Where the list is counted exactly: the list with that count, and the count alone.

        Args:
            address: the list's own.
        """
        pairs = [pair for pair in parse_qsl(address.partition("?")[2]) if pair[0] != "count"]
        alone = f"{self.get_url('.count_view')}?{urlencode(pairs)}"
        return f"{self.get_url('.index_view')}?{urlencode([*pairs, ('count', 'exact')])}", alone
