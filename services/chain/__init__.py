"""The chain of audit events: sealed in order, so that whoever rewrites the history is found out."""

from services.chain.purging import purge
from services.chain.sealing import Sealed, has_begun, seal, seal_if_due
from services.chain.verifying import Report, verify

__all__ = ["Report", "Sealed", "has_begun", "purge", "seal", "seal_if_due", "verify"]
