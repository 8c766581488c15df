-- All that is to be written of a session that is inserted alone, but for what tells of it, waits in one row for the worker to
-- enter it: its text into the index, its first status into the history, and that it began into the ledger. A row of history
-- with its key cost a writer as much as two rows without any.
LOCK TABLE onboarding_sessions IN SHARE ROW EXCLUSIVE MODE; -- whoever writes meanwhile has the triggers that are new

INSERT INTO session_texts (session_id, user_id, text) SELECT session_id, user_id, text FROM waiting_texts
ON CONFLICT (session_id) DO NOTHING;
TRUNCATE waiting_texts;
ALTER TABLE waiting_texts RENAME TO waiting_sessions;
ALTER TABLE waiting_sessions ALTER COLUMN text DROP NOT NULL; -- it has none, or it is indexed already
ALTER TABLE waiting_sessions ADD COLUMN status text NOT NULL, ADD COLUMN at timestamptz NOT NULL, ADD COLUMN actor text;
GRANT UPDATE (user_id, text) ON waiting_sessions TO console_own;
DROP TRIGGER waiting_texts_truncate ON onboarding_sessions;

-- Each statement takes longer to begin than to write its row. How many rows there are, the first tells for nothing: of
-- several, two wait, and the others, which a table of new rows has behind them, are entered at once.
CREATE FUNCTION console_enter_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    waiting bigint;
BEGIN
    IF current_setting('console.restoring', true) = 'on' THEN
        -- The history outlives its subject, so that a restored one has its first status there already.
        INSERT INTO metric_deltas (metric, label, bucket, delta)
        SELECT TG_TABLE_NAME, s.status, date_trunc('hour', s.created_at, 'UTC'), count(*) FROM new_rows s GROUP BY 2, 3;
        waiting := 0;
    ELSE
        INSERT INTO waiting_sessions (session_id, user_id, text, status, at, actor)
        SELECT s.id, s.user_id, lower(concat_ws(E'\x1f', s.purpose, s.target_audience)), s.status, s.created_at,
            nullif(current_setting('console.actor', true), '')
        FROM new_rows s LIMIT 2;
        GET DIAGNOSTICS waiting = ROW_COUNT;
        IF waiting = 1 THEN
            INSERT INTO live_notices (kind, op, ids, owners)
            SELECT 'session', 'insert', ARRAY[s.id], ARRAY[s.user_id] FROM new_rows s;
            RETURN NULL;
        END IF;
        INSERT INTO status_changes (subject_kind, subject_id, to_status, at, actor)
        SELECT 'session', s.id, s.status, s.created_at, nullif(current_setting('console.actor', true), '')
        FROM new_rows s OFFSET waiting;
        INSERT INTO session_beginnings (status, hour, sessions)
        SELECT s.status, date_trunc('hour', s.created_at, 'UTC'), count(*)
        FROM (SELECT status, created_at FROM new_rows OFFSET waiting) AS s GROUP BY 1, 2;
    END IF;
    INSERT INTO session_texts (session_id, user_id, text)
    SELECT s.id, s.user_id, lower(concat_ws(E'\x1f', s.purpose, s.target_audience))
    FROM (SELECT id, user_id, purpose, target_audience FROM new_rows OFFSET waiting) AS s
    WHERE s.purpose <> '' OR s.target_audience <> '';
    PERFORM console_notify('session', TG_OP, array_agg(s.id), array_agg(s.user_id)) FROM new_rows s;
    RETURN NULL;
END $$;

-- Whatever a status was changed from was reached before, though its row may wait still.
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
        WHERE e.subject_id = entered.subject_id AND entered.to_status IN (e.from_status, e.to_status) LIMIT 1
    ) IS NULL
    GROUP BY 2, 3;
    RETURN NULL;
END $$;

-- The text is indexed at once; the rest goes on waiting.
CREATE FUNCTION console_session_texts_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE waiting_sessions SET user_id = NEW.user_id, text = NULL WHERE session_id = NEW.id;
    INSERT INTO session_texts (session_id, user_id, text)
    VALUES (NEW.id, NEW.user_id, lower(concat_ws(E'\x1f', NEW.purpose, NEW.target_audience)))
    ON CONFLICT (session_id) DO UPDATE SET user_id = excluded.user_id, text = excluded.text;
    RETURN NULL;
END $$;

-- Of sessions that wait and are no more, all if `gone` is null, history and ledger are kept, and no text.
CREATE FUNCTION console_remember_waiting(gone uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH remembered AS (
        DELETE FROM waiting_sessions WHERE gone IS NULL OR session_id = ANY (gone)
        RETURNING session_id, status, at, actor
    ), history AS (
        INSERT INTO status_changes (subject_kind, subject_id, to_status, at, actor)
        SELECT 'session', session_id, status, at, actor FROM remembered
    )
    INSERT INTO session_beginnings (status, hour, sessions)
    SELECT status, date_trunc('hour', at, 'UTC'), count(*) FROM remembered GROUP BY 1, 2;
END $$;

CREATE FUNCTION console_session_texts_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone uuid[];
BEGIN
    SELECT array_agg(id) INTO gone FROM old_rows;
    IF gone IS NOT NULL THEN
        PERFORM console_remember_waiting(gone);
        DELETE FROM session_texts WHERE session_id = ANY (gone); -- a join's plan may grow bad
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION console_count_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'onboarding_sessions' THEN
        PERFORM console_remember_waiting(NULL);
        PERFORM console_fold_beginnings();
    END IF;
    DELETE FROM metric_deltas WHERE metric = TG_TABLE_NAME;
    RETURN NULL;
END $$;

CREATE FUNCTION console_forget_reached() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH forgotten AS (
        DELETE FROM waiting_sessions RETURNING session_id, user_id, text, status, at
    ), indexed AS (
        INSERT INTO session_texts (session_id, user_id, text)
        SELECT session_id, user_id, text FROM forgotten WHERE text <> ''
        ON CONFLICT (session_id) DO NOTHING
    )
    INSERT INTO session_beginnings (status, hour, sessions)
    SELECT status, date_trunc('hour', at, 'UTC'), count(*) FROM forgotten GROUP BY 1, 2;
    PERFORM console_fold_beginnings();
    DELETE FROM metric_deltas WHERE metric IN ('sessions_reached', 'projects_reached');
    RETURN NULL;
END $$;
