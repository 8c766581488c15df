"""Settings that name several things, with commas between them."""

from collections.abc import Mapping


def items(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """What the variable names, without what is empty."""
    return tuple(item.strip() for item in environ.get(name, "").split(",") if item.strip())
