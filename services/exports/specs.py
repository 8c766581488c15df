"""What a worker is to make, signed: it runs no statement but those that the console wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from services import signatures
from services.errors import InvalidInputError
from services.exports.columns import Column, Kind
from services.exports.formats import Format
from services.exports.statement import Statement

SecretKey = str | Sequence[str]

signatures.register()


@dataclass(frozen=True)
class Spec:
    """A file, as it can be made without the view that it is of."""

    statement: Statement
    format: Format
    zone: str
    whole: bool
    """Whether the table is read from end to end."""


def signed(spec: Spec, *, secret_key: SecretKey) -> str:
    """
    Args:
        secret_key: SECRET_KEY; of several, which itsdangerous asks for in this order, the last one signs.
    """
    columns = [[column.name, column.label, column.kind] for column in spec.statement.columns]
    content = [spec.statement.sql, columns, spec.statement.is_json, spec.format, spec.zone, spec.whole]
    return str(_serializer(secret_key).dumps(content))


def read(text: str, *, secret_key: SecretKey) -> Spec:
    """
    Raises:
        InvalidInputError: the console has not signed it, or not with one of these keys.
    """
    try:
        sql, columns, is_json, file_format, zone, whole = _serializer(secret_key).loads(text)
    except BadSignature:
        raise InvalidInputError("The console has not signed this export with a key that it still has.") from None
    parsed = tuple(Column(name, label, Kind(kind)) for name, label, kind in columns)
    return Spec(Statement(sql, parsed, is_json), Format(file_format), zone, whole)


def _serializer(secret_key: SecretKey) -> Any:
    return URLSafeSerializer(secret_key, salt="console export")
