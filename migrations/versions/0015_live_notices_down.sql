-- What revisions 0002, 0006, 0007, 0010 and 0013 left.
CREATE FUNCTION console_record_first_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The history outlives its subject, so that a restored one has its first status there already.
    IF current_setting('console.restoring', true) = 'on' THEN
        RETURN NULL;
    END IF;
    INSERT INTO status_changes (subject_kind, subject_id, to_status, at, actor)
    SELECT TG_ARGV[0], n.id, n.status, n.created_at, nullif(current_setting('console.actor', true), '')
    FROM new_rows n;
    RETURN NULL;
END $$;

CREATE FUNCTION console_record_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO status_changes (subject_kind, subject_id, from_status, to_status, at, actor)
    SELECT TG_ARGV[0], n.id, o.status, n.status, clock_timestamp(), nullif(current_setting('console.actor', true), '')
    FROM new_rows n JOIN old_rows o USING (id)
    WHERE n.status <> o.status;
    RETURN NULL;
END $$;

CREATE FUNCTION console_count_inserts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO metric_deltas (metric, label, bucket, delta)
    SELECT TG_TABLE_NAME, n.status, date_trunc('hour', n.created_at, 'UTC'), count(*)
    FROM new_rows n GROUP BY 2, 3;
    RETURN NULL;
END $$;

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

CREATE TRIGGER status_changes_count_reached AFTER INSERT ON status_changes REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_count_reached();

DROP TRIGGER onboarding_sessions_enter ON onboarding_sessions;
DROP FUNCTION console_enter_sessions();

CREATE FUNCTION console_session_texts_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO session_texts (session_id, text)
    SELECT n.id, concat_ws(E'\x1f', n.purpose, n.target_audience) FROM new_rows n
    WHERE n.purpose <> '' OR n.target_audience <> '';
    RETURN NULL;
END $$;

CREATE TRIGGER onboarding_sessions_first_status AFTER INSERT ON onboarding_sessions REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_record_first_status('session');
CREATE TRIGGER onboarding_sessions_count_inserts AFTER INSERT ON onboarding_sessions REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_count_inserts();
CREATE TRIGGER onboarding_sessions_notify_insert AFTER INSERT ON onboarding_sessions REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION console_notify_session();
CREATE TRIGGER session_texts_insert AFTER INSERT ON onboarding_sessions REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_session_texts_insert();
