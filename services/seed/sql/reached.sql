-- What the trigger would have counted row by row: each session's and project's first time in each status, by the hour.
INSERT INTO metric_deltas (metric, label, bucket, delta)
WITH history AS (
    SELECT subject_kind, subject_id, from_status, to_status, at
    FROM status_changes
    WHERE subject_id IN (
        SELECT pg_temp.seed_id('session', n) FROM seed_session
        UNION ALL
        SELECT id FROM seed_project
    )
)
SELECT subject_kind || 's_reached', label, date_trunc('hour', at, 'UTC'), count(*)
FROM (
    SELECT subject_kind, to_status AS label, min(at) AS at FROM history GROUP BY subject_kind, subject_id, to_status
    UNION ALL
    SELECT subject_kind, 'started', at FROM history WHERE from_status IS NULL
) AS first
GROUP BY 1, 2, 3
