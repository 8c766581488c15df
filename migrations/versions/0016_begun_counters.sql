-- Sessions that began since the last fold: how many began in which status and hour, which is what the ledger has three rows
-- for: of the table's rows, and of what reached its first status and came into being. No index and no key: rows are read all
-- together, and deleted all together each minute, so that a writer pays for nothing but the row itself.
CREATE TABLE session_beginnings (
    status text NOT NULL,
    hour timestamptz NOT NULL,
    sessions bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_insert_threshold = -1);

CREATE FUNCTION console_fold_beginnings() RETURNS void LANGUAGE sql AS $$
    WITH begun AS (
        DELETE FROM session_beginnings RETURNING status, hour, sessions
    )
    INSERT INTO metric_deltas (metric, label, bucket, delta)
    SELECT counted.metric, counted.label, begun.hour, sum(begun.sessions)
    FROM begun CROSS JOIN LATERAL (VALUES
        ('onboarding_sessions', begun.status), ('sessions_reached', begun.status), ('sessions_reached', 'started')
    ) AS counted (metric, label)
    GROUP BY 1, 2, 3
$$;

-- What is forgotten of a counter is what was folded, and of what had not been yet, the other part is kept.
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

-- Each statement takes longer to begin than to write its row. How many rows there are, the first tells for nothing, and one
-- is neither grouped nor collected.
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

-- History is written by the triggers only, whose words for what it is about are in their definitions. A check is read and
-- planned anew by each statement, which takes longer than to write the row; and an index of random ids is a page for each row.
ALTER TABLE status_changes DROP CONSTRAINT ck_status_changes_subject_kind;
DROP INDEX ix_status_changes_subject_id_at;
ALTER TABLE status_changes DROP CONSTRAINT pk_status_changes;
ALTER TABLE status_changes ADD CONSTRAINT pk_status_changes PRIMARY KEY (subject_id, at, id);
