-- What revisions 0010, 0015 and 0016 left.
LOCK TABLE onboarding_sessions IN SHARE ROW EXCLUSIVE MODE;

DROP TRIGGER waiting_texts_truncate ON onboarding_sessions;
DROP TABLE waiting_texts;

TRUNCATE session_texts;
DROP INDEX ix_session_texts_text_trigrams;
ALTER TABLE session_texts DROP COLUMN user_id;
INSERT INTO session_texts (session_id, text)
SELECT id, concat_ws(E'\x1f', purpose, target_audience) FROM onboarding_sessions
WHERE purpose <> '' OR target_audience <> '';
CREATE INDEX ix_session_texts_text_trigrams ON session_texts USING gin (text gin_trgm_ops);
ANALYZE session_texts;

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
                INSERT INTO session_texts (session_id, text)
                SELECT s.id, concat_ws(E'\x1f', s.purpose, s.target_audience) FROM new_rows s
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
    INSERT INTO session_texts (session_id, text)
    SELECT s.id, concat_ws(E'\x1f', s.purpose, s.target_audience) FROM new_rows s
    WHERE s.purpose <> '' OR s.target_audience <> '';
    PERFORM console_notify('session', TG_OP, array_agg(s.id), array_agg(s.user_id)) FROM new_rows s;
    RETURN NULL;
END $$;

CREATE FUNCTION console_session_texts_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO session_texts (session_id, text)
    VALUES (NEW.id, concat_ws(E'\x1f', NEW.purpose, NEW.target_audience))
    ON CONFLICT (session_id) DO UPDATE SET text = excluded.text;
    RETURN NULL;
END $$;

CREATE FUNCTION console_session_texts_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM session_texts WHERE session_id = ANY (ARRAY(SELECT id FROM old_rows));  -- a join's plan may grow bad
    RETURN NULL;
END $$;

DROP TRIGGER session_texts_update ON onboarding_sessions;
CREATE TRIGGER session_texts_update AFTER UPDATE OF purpose, target_audience ON onboarding_sessions
    FOR EACH ROW WHEN (
        (OLD.purpose, OLD.target_audience) IS DISTINCT FROM (NEW.purpose, NEW.target_audience)
    )
    EXECUTE FUNCTION console_session_texts_update();
