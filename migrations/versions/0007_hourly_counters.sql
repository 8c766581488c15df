-- metric_deltas by the hour of what happened: sessions and projects that reach a status for the first time, and
-- attempts as they end. A chart of any time then reads as many rows as it has hours, however much happened in them.

-- sessions_reached, projects_reached: label is the status, or `started` for the first of all. History outlives its
-- subject, so nothing is ever taken away.
-- A query of its own for each row, by index only. As an anti-join the whole would be planned by what the table is believed to
-- hold, which may be nothing, and would then go through all of it for each new row.
CREATE FUNCTION console_count_reached() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO metric_deltas (metric, label, bucket, delta)
    SELECT n.subject_kind || 's_reached', reached.label, date_trunc('hour', n.at, 'UTC'), count(*)
    FROM new_rows n
    CROSS JOIN LATERAL (VALUES (n.to_status), (CASE WHEN n.from_status IS NULL THEN 'started' END)) AS reached (label)
    WHERE reached.label IS NOT NULL
    AND (
        SELECT true FROM status_changes e
        WHERE e.subject_id = n.subject_id AND e.to_status = n.to_status AND (e.at, e.id) < (n.at, n.id) LIMIT 1
    ) IS NULL
    GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;

CREATE FUNCTION console_forget_reached() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM metric_deltas WHERE metric IN ('sessions_reached', 'projects_reached');
    RETURN NULL;
END $$;

CREATE TRIGGER status_changes_count_reached AFTER INSERT ON status_changes REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_count_reached();
CREATE TRIGGER status_changes_forget_reached AFTER TRUNCATE ON status_changes
    FOR EACH STATEMENT EXECUTE FUNCTION console_forget_reached();

-- deploy_attempts: label is `succeeded` or `failed`, the hour that in which the attempt began.
CREATE FUNCTION console_count_attempt(at timestamptz, ok boolean, delta bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO metric_deltas (metric, label, bucket, delta)
    VALUES ('deploy_attempts', CASE WHEN ok THEN 'succeeded' ELSE 'failed' END, at, delta)
$$;

CREATE FUNCTION console_count_new_attempts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM console_count_attempt(date_trunc('hour', n.started_at, 'UTC'), n.ok, count(*))
    FROM new_rows n WHERE n.ok IS NOT NULL GROUP BY date_trunc('hour', n.started_at, 'UTC'), n.ok;
    RETURN NULL;
END $$;

CREATE FUNCTION console_count_old_attempts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM console_count_attempt(date_trunc('hour', o.started_at, 'UTC'), o.ok, -count(*))
    FROM old_rows o WHERE o.ok IS NOT NULL GROUP BY date_trunc('hour', o.started_at, 'UTC'), o.ok;
    RETURN NULL;
END $$;

CREATE FUNCTION console_count_ended_attempts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM console_count_attempt(moved.at, moved.ok, sum(moved.delta)::bigint)
    FROM new_rows n JOIN old_rows o USING (id)
    CROSS JOIN LATERAL (VALUES
        (date_trunc('hour', o.started_at, 'UTC'), o.ok, -1), (date_trunc('hour', n.started_at, 'UTC'), n.ok, 1)
    ) AS moved (at, ok, delta)
    WHERE moved.ok IS NOT NULL
    GROUP BY moved.at, moved.ok HAVING sum(moved.delta) <> 0;
    RETURN NULL;
END $$;

CREATE TRIGGER deploy_attempts_count_inserts AFTER INSERT ON deploy_attempts REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_count_new_attempts();
CREATE TRIGGER deploy_attempts_count_updates AFTER UPDATE ON deploy_attempts
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_count_ended_attempts();
CREATE TRIGGER deploy_attempts_count_deletes AFTER DELETE ON deploy_attempts REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_count_old_attempts();
CREATE TRIGGER deploy_attempts_count_truncate AFTER TRUNCATE ON deploy_attempts
    FOR EACH STATEMENT EXECUTE FUNCTION console_count_truncate();

-- What happened before there were these triggers.
INSERT INTO metric_deltas (metric, label, bucket, delta)
SELECT first.subject_kind || 's_reached', first.to_status, date_trunc('hour', first.at, 'UTC'), count(*)
FROM (
    SELECT DISTINCT ON (subject_id, to_status) subject_kind, to_status, at
    FROM status_changes ORDER BY subject_id, to_status, at, id
) AS first
GROUP BY 1, 2, 3
UNION ALL
SELECT subject_kind || 's_reached', 'started', date_trunc('hour', at, 'UTC'), count(*)
FROM status_changes WHERE from_status IS NULL GROUP BY 1, 3
UNION ALL
SELECT 'deploy_attempts', CASE WHEN ok THEN 'succeeded' ELSE 'failed' END, date_trunc('hour', started_at, 'UTC'), count(*)
FROM deploy_attempts WHERE ok IS NOT NULL GROUP BY 2, 3;
