-- What revisions 0001, 0002, 0007 and 0015 left.
SELECT console_fold_beginnings();

ALTER TABLE status_changes DROP CONSTRAINT pk_status_changes;
ALTER TABLE status_changes ADD CONSTRAINT pk_status_changes PRIMARY KEY (id);
CREATE INDEX ix_status_changes_subject_id_at ON status_changes (subject_id, at);
ALTER TABLE status_changes ADD CONSTRAINT ck_status_changes_subject_kind CHECK (subject_kind IN ('session', 'project'));

CREATE FUNCTION console_count_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM metric_deltas WHERE metric = TG_TABLE_NAME;
    RETURN NULL;
END $$;

CREATE FUNCTION console_forget_reached() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM metric_deltas WHERE metric IN ('sessions_reached', 'projects_reached');
    RETURN NULL;
END $$;

CREATE FUNCTION console_enter_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    n record;
    hour timestamptz;
    who text := nullif(current_setting('console.actor', true), '');
    -- The history outlives its subject, so that a restored one has its first status there already.
    restored boolean := coalesce(current_setting('console.restoring', true) = 'on', false);
BEGIN
    IF restored OR EXISTS (SELECT FROM new_rows OFFSET 1) THEN
        INSERT INTO status_changes (subject_kind, subject_id, to_status, at, actor)
        SELECT 'session', s.id, s.status, s.created_at, who FROM new_rows s WHERE NOT restored;
        INSERT INTO metric_deltas (metric, label, bucket, delta)
        SELECT counted.metric, counted.label, date_trunc('hour', s.created_at, 'UTC'), count(*)
        FROM new_rows s CROSS JOIN LATERAL (
            VALUES (TG_TABLE_NAME, s.status), ('sessions_reached', s.status), ('sessions_reached', 'started')
        ) AS counted (metric, label)
        WHERE NOT restored OR counted.metric = TG_TABLE_NAME
        GROUP BY 1, 2, 3;
        INSERT INTO session_texts (session_id, text)
        SELECT s.id, concat_ws(E'\x1f', s.purpose, s.target_audience) FROM new_rows s
        WHERE s.purpose <> '' OR s.target_audience <> '';
        PERFORM console_notify('session', TG_OP, array_agg(s.id), array_agg(s.user_id)) FROM new_rows s;
        RETURN NULL;
    END IF;
    SELECT id, user_id, status, purpose, target_audience, created_at INTO n FROM new_rows;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    hour := date_trunc('hour', n.created_at, 'UTC');
    WITH remembered AS (
        INSERT INTO status_changes (subject_kind, subject_id, to_status, at, actor)
        VALUES ('session', n.id, n.status, n.created_at, who)
    ), searched AS (
        INSERT INTO session_texts (session_id, text)
        SELECT n.id, concat_ws(E'\x1f', n.purpose, n.target_audience) WHERE n.purpose <> '' OR n.target_audience <> ''
    ), told AS (
        INSERT INTO live_notices (kind, op, ids, owners) VALUES ('session', 'insert', ARRAY[n.id], ARRAY[n.user_id])
    )
    INSERT INTO metric_deltas (metric, label, bucket, delta) VALUES
        (TG_TABLE_NAME, n.status, hour, 1),
        ('sessions_reached', n.status, hour, 1),
        ('sessions_reached', 'started', hour, 1);
    RETURN NULL;
END $$;

DROP FUNCTION console_fold_beginnings();
DROP TABLE session_beginnings;
