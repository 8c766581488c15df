"""Live: what changed in the database, told as it changes to all who listen, each of no more than they may see.

Triggers write it to a table (`notices`), and services what no trigger tells (`switch_notices`). One connection a
process reads them while anybody listens (`source`, `reader`); what comes close together is gathered (`changes`), and
the newest of it kept (`log`). The `hub` wakes those whom it concerns (`audience`), and each listener's `stream` then
takes from the log what came since it last did, as `frames` that are made once for all. What all processes have read is
deleted (`forgetting`).
"""
