"""What failures are called, by their fingerprints."""

from collections.abc import Collection

from sqlalchemy import select

from models import FailureGroup
from services.database import DbSession
from services.deploys import failure_words

UNNAMED = "Failures without a fingerprint"


def titles(db: DbSession, fingerprints: Collection[str]) -> dict[str, str]:
    """“503 from hooks.example.com: busy”; the fingerprint itself where no group of it is known."""
    found = db.scalars(select(FailureGroup).where(FailureGroup.fingerprint.in_(fingerprints)))
    names = {group.fingerprint: failure_words.title(group) for group in found}
    return {fingerprint: names.get(fingerprint, fingerprint) for fingerprint in fingerprints}
