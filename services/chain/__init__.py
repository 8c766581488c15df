"""The chain of audit events: sealed in order, so that whoever rewrites the history is found out."""

from services.chain.kept import Kept, read_log
from services.chain.places import Place, place_of
from services.chain.purging import purge
from services.chain.sealing import Sealed, has_begun, seal, seal_if_due
from services.chain.verifying import Report, verify

__all__ = [
    "Kept",
    "Place",
    "Report",
    "Sealed",
    "has_begun",
    "place_of",
    "purge",
    "read_log",
    "seal",
    "seal_if_due",
    "verify",
]
