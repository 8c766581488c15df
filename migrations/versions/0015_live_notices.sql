-- What the triggers tell, a row for each statement. It is read as it comes and soon deleted, by whom nothing is lost that a
-- crash takes, so that it needs no log. `xid` is the transaction's, a savepoint's too.
CREATE UNLOGGED TABLE live_notices (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    op text NOT NULL,
    ids uuid[],
    owners uuid[],
    beyond bigint,
    beyond_owners jsonb
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_insert_threshold = -1);
CREATE INDEX ix_live_notices_xid ON live_notices (xid);

-- The oldest transaction that was under way at times: those before it had ended by then, so that it is known how long
-- what they told has been there to read.
CREATE UNLOGGED TABLE live_horizons (
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid xid8 NOT NULL DEFAULT pg_snapshot_xmin(pg_current_snapshot())
);

-- The first 50 ids, each with its owner's, how many more there are, and whose those are. An owner is null where nobody's records are, and where what would tell it is gone already. Beyond 10,000 owners a
-- process has everybody look at all anew (`OWNER_LIMIT`), so that no more are worth a row's space.
CREATE FUNCTION console_count_owners(owners uuid[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_object_agg(counted.owner, counted.rows)
    FROM (
        SELECT beyond.owner, count(*) AS rows FROM unnest(owners) AS beyond (owner)
        WHERE beyond.owner IS NOT NULL GROUP BY beyond.owner LIMIT 10001
    ) AS counted
$$;

CREATE FUNCTION console_notify(kind text, op text, ids uuid[], owners uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(ids) <= 50 THEN
        INSERT INTO live_notices (kind, op, ids, owners) VALUES (kind, lower(op), ids, owners);
    ELSIF cardinality(ids) > 50 THEN
        INSERT INTO live_notices (kind, op, ids, owners, beyond, beyond_owners) VALUES (
            kind, lower(op), ids[1:50], owners[1:50], cardinality(ids) - 50, console_count_owners(owners[51:])
        );
    END IF;
END $$;

CREATE FUNCTION console_notify_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO live_notices (kind, op) VALUES (TG_ARGV[0], 'truncate');
    RETURN NULL;
END $$;

-- History counts what it writes: as a trigger of status_changes, counting looked for an earlier row even where there can be
-- none, at each insert and at each update that changed no status. A first status is reached by being the first. And one row, as
-- inserts mostly have, needs no grouping, which takes as long again as the insert of its counter.
DROP TRIGGER status_changes_count_reached ON status_changes;
DROP FUNCTION console_count_reached();

CREATE FUNCTION console_record_first_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The history outlives its subject, so that a restored one has its first status there already.
    IF current_setting('console.restoring', true) = 'on' THEN
        RETURN NULL;
    END IF;
    INSERT INTO status_changes (subject_kind, subject_id, to_status, at, actor)
    SELECT TG_ARGV[0], n.id, n.status, n.created_at, nullif(current_setting('console.actor', true), '')
    FROM new_rows n;
    IF EXISTS (SELECT FROM new_rows OFFSET 1) THEN
        INSERT INTO metric_deltas (metric, label, bucket, delta)
        SELECT TG_ARGV[0] || 's_reached', reached.label, date_trunc('hour', n.created_at, 'UTC'), count(*)
        FROM new_rows n CROSS JOIN LATERAL (VALUES ('started'), (n.status)) AS reached (label)
        GROUP BY 2, 3;
    ELSE
        INSERT INTO metric_deltas (metric, label, bucket, delta)
        SELECT TG_ARGV[0] || 's_reached', reached.label, date_trunc('hour', n.created_at, 'UTC'), 1
        FROM new_rows n CROSS JOIN LATERAL (VALUES ('started'), (n.status)) AS reached (label);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION console_count_inserts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows OFFSET 1) THEN
        INSERT INTO metric_deltas (metric, label, bucket, delta)
        SELECT TG_TABLE_NAME, n.status, date_trunc('hour', n.created_at, 'UTC'), count(*)
        FROM new_rows n GROUP BY 2, 3;
    ELSE
        INSERT INTO metric_deltas (metric, label, bucket, delta)
        SELECT TG_TABLE_NAME, n.status, date_trunc('hour', n.created_at, 'UTC'), 1 FROM new_rows n;
    END IF;
    RETURN NULL;
END $$;

-- What was entered before is looked up for each row, by index only: by what the table is believed to hold, which may be
-- nothing, all of it would be gone through for each. What this statement writes, it does not see.
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

-- A new session fires one trigger for all that is to be written of it, and one statement writes it: four triggers with a look
-- at the new rows each took a fifth more of the processor. One row, as inserts mostly have, is neither grouped nor collected.
DROP TRIGGER onboarding_sessions_first_status ON onboarding_sessions;
DROP TRIGGER onboarding_sessions_count_inserts ON onboarding_sessions;
DROP TRIGGER onboarding_sessions_notify_insert ON onboarding_sessions;
DROP TRIGGER session_texts_insert ON onboarding_sessions;
DROP FUNCTION console_session_texts_insert();

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

CREATE TRIGGER onboarding_sessions_enter AFTER INSERT ON onboarding_sessions REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_enter_sessions();
