"""Live: what changed in the database, told as it changes to all who listen, each of no more than they may see.

Triggers tell PostgreSQL's channel (`notices`). One connection a process hears it (`source`), gathers what comes close
together (`changes`) and keeps the newest of it (`log`). The `hub` wakes those whom it concerns (`audience`), and each
listener's `stream` then takes from the log what came since it last did, as `frames` that are made once for all.
"""
