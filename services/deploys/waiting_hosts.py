"""The hosts for which deploys wait, as SQL that queries begin with."""

WAITING_HOSTS = """
    WITH RECURSIVE waiting (host) AS (
        (SELECT host FROM deploys WHERE status IN ('queued', 'retry_scheduled') ORDER BY host LIMIT 1)
        UNION ALL
        SELECT (
            SELECT d.host FROM deploys d
            WHERE d.status IN ('queued', 'retry_scheduled') AND d.host > w.host ORDER BY d.host LIMIT 1
        )
        FROM waiting w WHERE w.host IS NOT NULL
    )
"""
"""`waiting`: each host, found by one probe of the index for each, however many deploys wait; its last row is null."""
