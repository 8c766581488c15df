-- What revisions 0015, 0016 and 0023 left.
LOCK TABLE onboarding_sessions IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO session_texts (session_id, user_id, text) SELECT session_id, user_id, text FROM waiting_sessions WHERE text <> ''
ON CONFLICT (session_id) DO NOTHING;
SELECT console_remember_waiting(NULL);
DROP FUNCTION console_remember_waiting;
REVOKE UPDATE (user_id, text) ON waiting_sessions FROM console_own;
ALTER TABLE waiting_sessions DROP COLUMN status, DROP COLUMN at, DROP COLUMN actor;
ALTER TABLE waiting_sessions ALTER COLUMN text SET NOT NULL;
ALTER TABLE waiting_sessions RENAME TO waiting_texts;
CREATE TRIGGER waiting_texts_truncate AFTER TRUNCATE ON onboarding_sessions
    FOR EACH STATEMENT EXECUTE FUNCTION console_texts_truncate('waiting_texts');

CREATE FUNCTION console_enter_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entered bigint;
BEGIN
    IF current_setting('console.restoring', true) = 'on' THEN
        -- The history outlives its subject, so that a restored one has its first status there already.
        INSERT INTO metric_deltas (metric, label, bucket, delta)
        SELECT TG_TABLE_NAME, s.status, date_trunc('hour', s.created_at, 'UTC'), count(*) FROM new_rows s GROUP BY 2, 3;
    ELSE
        INSERT INTO status_changes (subject_kind, subject_id, to_status, at, actor)
        SELECT 'session', s.id, s.status, s.created_at, nullif(current_setting('console.actor', true), '')
        FROM new_rows s;
        GET DIAGNOSTICS entered = ROW_COUNT;
        IF entered = 1 THEN
            WITH searched AS (
                INSERT INTO waiting_texts (session_id, user_id, text)
                SELECT s.id, s.user_id, lower(concat_ws(E'\x1f', s.purpose, s.target_audience)) FROM new_rows s
                WHERE s.purpose <> '' OR s.target_audience <> ''
            ), told AS (
                INSERT INTO live_notices (kind, op, ids, owners)
                SELECT 'session', 'insert', ARRAY[s.id], ARRAY[s.user_id] FROM new_rows s
            )
            INSERT INTO session_beginnings (status, hour, sessions)
            SELECT s.status, date_trunc('hour', s.created_at, 'UTC'), 1 FROM new_rows s;
            RETURN NULL;
        END IF;
        INSERT INTO session_beginnings (status, hour, sessions)
        SELECT s.status, date_trunc('hour', s.created_at, 'UTC'), count(*) FROM new_rows s GROUP BY 1, 2;
    END IF;
    INSERT INTO session_texts (session_id, user_id, text)
    SELECT s.id, s.user_id, lower(concat_ws(E'\x1f', s.purpose, s.target_audience)) FROM new_rows s
    WHERE s.purpose <> '' OR s.target_audience <> '';
    PERFORM console_notify('session', TG_OP, array_agg(s.id), array_agg(s.user_id)) FROM new_rows s;
    RETURN NULL;
END $$;

CREATE FUNCTION console_record_status() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    WITH entered AS (
        INSERT INTO status_changes (subject_kind, subject_id, from_status, to_status, at, actor)
        SELECT TG_ARGV[0], n.id, o.status, n.status, clock_timestamp(), nullif(current_setting('console.actor', true), '')
        FROM new_rows n JOIN old_rows o USING (id)
        WHERE n.status <> o.status
        RETURNING subject_id, to_status, at
    )
    INSERT INTO metric_deltas (metric, label, bucket, delta)
    SELECT TG_ARGV[0] || 's_reached', entered.to_status, date_trunc('hour', entered.at, 'UTC'), count(*)
    FROM entered
    WHERE (
        SELECT true FROM status_changes e
        WHERE e.subject_id = entered.subject_id AND e.to_status = entered.to_status LIMIT 1
    ) IS NULL
    GROUP BY 2, 3;
    RETURN NULL;
END $$;

CREATE FUNCTION console_session_texts_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM waiting_texts WHERE session_id = NEW.id;
    INSERT INTO session_texts (session_id, user_id, text)
    VALUES (NEW.id, NEW.user_id, lower(concat_ws(E'\x1f', NEW.purpose, NEW.target_audience)))
    ON CONFLICT (session_id) DO UPDATE SET user_id = excluded.user_id, text = excluded.text;
    RETURN NULL;
END $$;

CREATE FUNCTION console_session_texts_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM waiting_texts WHERE (session_id IN (SELECT id FROM old_rows)) IS TRUE; -- each read once, in no join
    DELETE FROM session_texts WHERE session_id = ANY (ARRAY(SELECT id FROM old_rows)); -- a join's plan may grow bad
    RETURN NULL;
END $$;

CREATE FUNCTION console_count_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'onboarding_sessions' THEN
        PERFORM console_fold_beginnings();
    END IF;
    DELETE FROM metric_deltas WHERE metric = TG_TABLE_NAME;
    RETURN NULL;
END $$;

CREATE FUNCTION console_forget_reached() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM console_fold_beginnings();
    DELETE FROM metric_deltas WHERE metric IN ('sessions_reached', 'projects_reached');
    RETURN NULL;
END $$;
