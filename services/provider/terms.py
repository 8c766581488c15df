"""What the console and its provider have agreed on, from the settings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from models import Role


@dataclass(frozen=True)
class Provider:
    """The provider, what the console is to it, and what is believed of what it says."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    """As people know it."""
    scopes: str
    roles_claim: str
    """The claim from which roles come; empty where admins of the console give them."""
    roles: Mapping[str, Role]
    """Roles by values of that claim."""
    creates_people: bool
    links_by_email: bool
    second_factor_claim: str
    """The claim that may say that the provider asked for a second factor; empty where that does not count."""
    second_factor_values: Collection[str]


@dataclass(frozen=True)
class Person:
    """Who has proved to the provider who they are, as far as that is believed."""

    issuer: str
    subject: str
    """What the provider calls them; it never gives that to anybody else."""
    email: str | None
    """An address that the provider says is theirs; None where it does not say that it has verified that."""
    name: str | None
    role: Role | None
    """The highest that the claim gives; None where it gives none."""
    gave_second_factor: bool
    """Whether the provider asked for one, and the settings say that this counts."""
    proved_at: float | None
    """When they last proved it to the provider, in seconds since 1970, where it says so."""
