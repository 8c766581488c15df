"""What is digested, byte for byte, and how one digest follows from another.

A link's digest is SHA-256 of the digest before it and of its event's text; a seal's is that of the digest of the seal
before it and of its own text. Both texts are JSON lists that begin with their version: anybody can compute them anew.
Seals of version 1 have no snapshot.
"""

import json
from datetime import UTC
from hashlib import sha256
from typing import Any

from models import AuditSeal

GENESIS = bytes(32)
"""What the first seal follows."""
EVENT_TEXT = """
    jsonb_build_array(
        'event 1', e.id, extract(epoch FROM e.at)::text, e.actor_id, e.actor, e.origin, e.request_id, e.tag,
        e.subject_kind, e.subject_id, e.before::text, e.after::text, e.xid::text
    )::text
"""
"""An event `e` as SQL writes it: every column that says something. The texts of jsonb and numeric are the same in every
version of PostgreSQL from 14 on, and after a dump and a restore."""


def link_digest(previous: bytes, event_text: str) -> bytes:
    """Args:
    previous: the digest of the link before; at a seal's first link, of the seal before.
    event_text: the event's, as `EVENT_TEXT` has it.
    """
    return sha256(previous + event_text.encode()).digest()


def seal_digest(previous: bytes, seal: AuditSeal) -> bytes:
    """Args:
    previous: the digest of the seal before.
    """
    sealed_at = seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    said: list[Any] = ["seal 2" if seal.snapshot else "seal 1", seal.seq, seal.first_position, seal.last_position]
    said += [sealed_at, seal.loaded, str(seal.horizon), str(seal.ceiling), *filter(None, [seal.snapshot])]
    said += [seal.cluster, seal.links_digest.hex()]
    return sha256(previous + json.dumps(said).encode()).digest()
