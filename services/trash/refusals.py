"""Why a record can't be put back, in words."""

import re
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.database import DbSession
from services.trash import catalogue
from services.trash.words import one_of_table

_KEYS = re.compile(r"\(([^()]*(?:\([^()]*\))?[^()]*)\)=")
UNIQUE, FOREIGN = "23505", "23503"


def why_not_restored(db: DbSession, error: IntegrityError) -> str:
    """What the database says of a row that it does not take, without the values of the row: they may be secrets."""
    driver_error: Any = error.orig
    diagnosis = driver_error.diag
    table = one_of_table(str(diagnosis.table_name))
    if diagnosis.sqlstate == UNIQUE:
        keys = _KEYS.search(diagnosis.message_detail or "")
        taken = keys[1] if keys else diagnosis.constraint_name
        return f"This can’t be restored: by now there is another {table} with the same {taken}."
    if diagnosis.sqlstate == FOREIGN:
        keys_by_name = {key.name: key for key in catalogue.foreign_keys(db)}
        target = keys_by_name.get(str(diagnosis.constraint_name))
        parent = one_of_table(target.target) if target else "record"
        return f"This can’t be restored: the {parent} to which the {table} belonged is gone."
    return f"This can’t be restored: the {table} breaks the rule {diagnosis.constraint_name or diagnosis.column_name}."
