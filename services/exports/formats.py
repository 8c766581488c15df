"""What kinds of files there are."""

from enum import StrEnum

from services.errors import NotFoundError


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {Format.CSV: "CSV", Format.JSONL: "JSON Lines", Format.XLSX: "Excel"}
_CONTENT_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSONL: "application/jsonl; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def parse_format(text: str) -> Format:
    """
    Raises:
        NotFoundError: there are no such files.
    """
    try:
        return Format(text)
    except ValueError:
        raise NotFoundError(f"There is no export as “{text[:20]}”; there is {', '.join(Format)}.") from None
