"""Typed filters for lists: each knows what it accepts, and says so when it is given something else."""

from admin_views.filters.base import Filter
from admin_views.filters.comparisons import LIST_LIMIT, Empty, Equals, InList, like
from admin_views.filters.values import Values

__all__ = ["LIST_LIMIT", "Empty", "Equals", "Filter", "InList", "Values", "like"]
