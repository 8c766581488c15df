"""In which order a selection's deploys go, so that the first of them speak for all."""

from typing import Any

from sqlalchemy import Select, case, cast, func, select
from sqlalchemy.types import Double


def in_order(recoverable: Select[Any]) -> Select[Any]:
    """The same rows with their `position`, from 1.

    Deploys of one host that failed alike are one stratum, oldest first. The first positions go to one deploy of each
    stratum, of the largest first; after them each stratum advances in proportion to its size. So the wave of one is of
    the most common failure, the second touches every failure and host that it can, and no host waits for another.
    """
    rows = recoverable.cte("recoverable")
    stratum: dict[str, Any] = {"partition_by": (rows.c.host, rows.c.fingerprint)}
    placed = select(
        rows,
        func.row_number().over(**stratum, order_by=(rows.c.created_at, rows.c.id)).label("rank"),
        func.count().over(**stratum).label("size"),
    ).cte("placed")
    progress = (placed.c.rank - 1) / cast(placed.c.size, Double)
    order = (
        placed.c.rank > 1,
        case((placed.c.rank == 1, -placed.c.size), else_=0),
        progress,
        placed.c.created_at,
        placed.c.id,
    )
    return select(placed, func.row_number().over(order_by=order).label("position"))
