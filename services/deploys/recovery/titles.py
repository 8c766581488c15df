"""What failures are called, by their fingerprints."""

from collections.abc import Collection

from sqlalchemy import select

from models import FailureGroup
from services.database import DbSession
from services.labels import within

UNNAMED = "Failures without a fingerprint"


def titles(db: DbSession, fingerprints: Collection[str]) -> dict[str, str]:
    """“hooks.example.com answered 503”; the fingerprint itself where no group of it is known."""
    found = db.scalars(select(FailureGroup).where(FailureGroup.fingerprint.in_(fingerprints)))
    names = {group.fingerprint: title(group) for group in found}
    return {fingerprint: names.get(fingerprint, fingerprint) for fingerprint in fingerprints}


def title(group: FailureGroup) -> str:
    """Where it failed, and how."""
    if group.status_code is not None:
        return f"{group.host} answered {group.status_code}"
    return f"{group.host or 'No host'}: {within(group.phase)}"
