"""Sign-ins that failed, as the audit trail has them: bounded, since anybody on the network can make them."""

import re
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from sqlalchemy import text

from services import audit
from services.database import DbSession
from services.permissions import Actor

OF_ADDRESS = 20
"""Failures from one address in an hour that are recorded one by one; of IPv6, from one network of /64."""
OF_ALL = 500
"""Failures in an hour that are recorded one by one, from wherever they come."""
_COUNT = text("SELECT of_address, of_all FROM console_failed_sign_ins(:address, :up_to)")
_DOMAIN = re.compile(r"([a-z0-9-]{1,63}\.)+[a-z]{2,24}", re.IGNORECASE)


def record(
    db: DbSession, actor: Actor, *, reason: str, way: str, typed: str | None = None, person_id: UUID | None = None
) -> bool:
    """Add an audit event of a sign-in that failed; whether that was done.

    The last one of the hour that is recorded says so. Nothing is kept that may have been typed into the wrong field.

    Args:
        actor: nobody, at the address where it came from.
        reason: why, in words.
        way: what was tried: password, code, passkey.
        typed: the e-mail address that somebody gave, if nobody has it.
        person_id: whom somebody tried to be.
    """
    address = network_of(actor.origin)
    of_address, of_all = db.execute(_COUNT, {"address": address, "up_to": OF_ALL + 1}).one()
    if of_address > OF_ADDRESS or of_all > OF_ALL:
        return False
    after = {"reason": reason, "by": way} | ({"email": masked_email(typed)} if typed is not None else {})
    if of_address == OF_ADDRESS or of_all == OF_ALL:
        after["more"] = "not recorded within this hour"
    nobody = Actor(id=None, name=actor.name, role=None, origin=address)
    audit.record(db, nobody, "user:fail_sign_in", person_id, after=after)
    return True


def network_of(origin: str | None) -> str | None:
    """What stands for whoever is behind an address: it itself, or, of IPv6, the network that one subscriber has."""
    try:
        address = ip_address(origin or "")
    except ValueError:
        return origin
    if not isinstance(address, IPv6Address) or address.is_loopback:
        return str(address)
    return str(address.ipv4_mapped or ip_network((int(address) >> 64 << 64, 64)))


def masked_email(typed: str) -> str:
    """What may be kept of an address that nobody has, which may be a password in the wrong field."""
    name, _, domain = typed.strip().rpartition("@")
    return f"{name[0]}…@{domain.lower()}" if name and _DOMAIN.fullmatch(domain) and len(domain) <= 100 else "no address"
