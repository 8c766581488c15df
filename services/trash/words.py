"""How tables and their rows are spoken of."""

from services.trash.reach import Reach


def rows_of(table: str, count: int) -> str:
    """How many rows of a table, in words: “3 rooms”, “1 project config”."""
    return f"1 {one_of_table(table)}" if count == 1 else f"{count:,} {_words(table)}"


def one_of_table(table: str) -> str:
    """What one row of a table is called: `project_configs` → “project config”."""
    words = _words(table)
    if words.endswith("ies"):
        return f"{words[:-3]}y"
    return words if words.endswith("ss") else words.removesuffix("s")


def why_forbidden(found: Reach) -> str:
    """Why a record can't be deleted: what refers to it, and would be left with a reference to nothing."""
    named = ", ".join(rows_of(key.table, len(rows)) for key, rows in found.forbids.items())
    return f"This record can’t be deleted while others refer to it: {named}."


def _words(table: str) -> str:
    return table.rpartition(".")[2].strip('"').replace("_", " ")
