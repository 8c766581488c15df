-- A session's text says whose it is, so that a search need not read the session to learn that, and is in lower case: what
-- `text LIKE lower(pattern)` finds there is what ILIKE finds in any case, which changes both into lower case, by the same
-- function, at each comparison.
--
-- The text of a session that is inserted alone waits, with neither key nor index, for the worker to index it: a writer pays
-- for the row and nothing else. Searches read both tables in one statement, so that they find a text in one of them. Who
-- inserts many at once pays as ever, or those that wait would be too many to be read by each search.
LOCK TABLE onboarding_sessions IN SHARE ROW EXCLUSIVE MODE; -- whoever writes meanwhile has the triggers that are new

CREATE TABLE waiting_texts (
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    text text NOT NULL -- in lower case: to change it at each search takes ten times longer than to look at it
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_insert_threshold = -1);

GRANT SELECT, INSERT, DELETE ON waiting_texts TO console_own;
GRANT SELECT, INSERT, UPDATE, DELETE ON waiting_texts TO console_all, console_admin, console_worker;
ALTER TABLE waiting_texts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON waiting_texts TO console_own USING (user_id = console_person());
CREATE POLICY every ON waiting_texts TO console_all, console_admin, console_worker USING (true);

TRUNCATE session_texts;
DROP INDEX ix_session_texts_text_trigrams;
ALTER TABLE session_texts ADD COLUMN user_id uuid NOT NULL;
INSERT INTO session_texts (session_id, user_id, text)
SELECT id, user_id, lower(concat_ws(E'\x1f', purpose, target_audience)) FROM onboarding_sessions
WHERE purpose <> '' OR target_audience <> '';
CREATE INDEX ix_session_texts_text_trigrams ON session_texts USING gin (text gin_trgm_ops);
ANALYZE session_texts;

-- As revision 0016 has it, but for where texts go.
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

-- Those that wait first, here and below: what the worker has under way with one of them has ended then, and the next
-- statement sees what came of it.
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

DROP TRIGGER session_texts_update ON onboarding_sessions;
CREATE TRIGGER session_texts_update AFTER UPDATE OF user_id, purpose, target_audience ON onboarding_sessions
    FOR EACH ROW WHEN (
        (OLD.user_id, OLD.purpose, OLD.target_audience) IS DISTINCT FROM (NEW.user_id, NEW.purpose, NEW.target_audience)
    )
    EXECUTE FUNCTION console_session_texts_update();
CREATE TRIGGER waiting_texts_truncate AFTER TRUNCATE ON onboarding_sessions
    FOR EACH STATEMENT EXECUTE FUNCTION console_texts_truncate('waiting_texts');
