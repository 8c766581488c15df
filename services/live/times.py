"""How long things take in live, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Each with what it is for."""

    poll: float = 0.05
    """How often the database is asked what changed, while anybody listens."""
    every: float = 0.1
    """What comes sooner after the last changes were told waits, and becomes one with its like."""
    every_each: float = 0.000_15
    """The same for each listener, where that is longer: telling many takes time, of which half is for other work."""
    heartbeat: float = 15
    """A listener who heard nothing for so long is sent a comment, so that a lost connection is noticed."""
    stuck: float = 10
    """A listener who takes nothing for so long is dropped."""
    authority: float = 2
    """How often it is asked whether listeners still may listen; it ends what is no longer so. One statement for all."""
    lifetime: float = 3_600
    """How long a stream lasts; who goes on listening is asked anew who they are."""
    tick: float = 0.25
    """How often it is looked after those who listen while the database is away."""
    idle: float = 60
    """How long the connection to the database is kept while nobody listens."""
    silence: float = 20
    """How long the database may keep its connection waiting before that is taken for dead."""
    reconnect: tuple[float, ...] = (0.5, 1, 2, 5)
    """How long to wait before the database is tried again; the last is repeated."""
    patience: float = 5
    """How long the first listener waits until the database is listened to."""
