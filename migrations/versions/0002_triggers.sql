-- The database watches itself: what the console shows is right whoever writes the rows.

-- updated_at: later than any earlier version's, so that it can serve as the row's version.
CREATE FUNCTION console_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at + interval '1 microsecond');
    RETURN NEW;
END $$;

-- status_changes: one row for each status that a row enters. TG_ARGV[0] is the subject's kind.
CREATE FUNCTION console_record_first_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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

-- metric_deltas: a table's rows by status. Inserts only, so that writers never wait for one another.
CREATE FUNCTION console_count_inserts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO metric_deltas (metric, label, bucket, delta)
    SELECT TG_TABLE_NAME, n.status, date_trunc('hour', n.created_at, 'UTC'), count(*)
    FROM new_rows n GROUP BY 2, 3;
    RETURN NULL;
END $$;

CREATE FUNCTION console_count_updates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO metric_deltas (metric, label, bucket, delta)
    SELECT TG_TABLE_NAME, moved.label, date_trunc('hour', now(), 'UTC'), sum(moved.delta)
    FROM new_rows n JOIN old_rows o USING (id)
    CROSS JOIN LATERAL (VALUES (o.status, -1), (n.status, 1)) AS moved (label, delta)
    WHERE n.status <> o.status
    GROUP BY 2 HAVING sum(moved.delta) <> 0;
    RETURN NULL;
END $$;

CREATE FUNCTION console_count_deletes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO metric_deltas (metric, label, bucket, delta)
    SELECT TG_TABLE_NAME, o.status, date_trunc('hour', now(), 'UTC'), -count(*)
    FROM old_rows o GROUP BY 2;
    RETURN NULL;
END $$;

CREATE FUNCTION console_count_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM metric_deltas WHERE metric = TG_TABLE_NAME;
    RETURN NULL;
END $$;

-- NOTIFY console_events: {kind, op, ids (the first 50), count}, once a statement.
CREATE FUNCTION console_notify(kind text, op text, ids uuid[]) RETURNS void LANGUAGE sql AS $$
    SELECT pg_notify('console_events', json_build_object(
        'kind', kind, 'op', lower(op), 'ids', to_json(ids[1:50]), 'count', cardinality(ids)
    )::text)
    WHERE cardinality(ids) > 0
$$;

CREATE FUNCTION console_notify_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM console_notify(TG_ARGV[0], TG_OP, (SELECT coalesce(array_agg(id), '{}') FROM new_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION console_notify_old() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM console_notify(TG_ARGV[0], TG_OP, (SELECT coalesce(array_agg(id), '{}') FROM old_rows));
    RETURN NULL;
END $$;

-- audit_events: rows are only ever added.
CREATE FUNCTION console_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION console_refuse_change();

DO $$
DECLARE
    watched record;
BEGIN
    FOR watched IN
        SELECT * FROM (VALUES
            -- table, kind, touched, history, counted, notified
            ('onboarding_sessions', 'session', true, true, true, true),
            ('projects', 'project', true, true, true, true),
            ('deploys', 'deploy', true, false, true, true),
            ('deploy_attempts', 'attempt', false, false, false, true),
            ('rooms', 'room', false, false, false, true),
            ('room_states', 'room_state', true, false, false, true)
        ) AS t (name, kind, touched, history, counted, notified)
    LOOP
        IF watched.touched THEN
            EXECUTE format('CREATE TRIGGER %1$s_touch BEFORE UPDATE ON %1$I FOR EACH ROW
                EXECUTE FUNCTION console_touch()', watched.name);
        END IF;
        IF watched.history THEN
            EXECUTE format('CREATE TRIGGER %1$s_first_status AFTER INSERT ON %1$I REFERENCING NEW TABLE AS new_rows
                FOR EACH STATEMENT EXECUTE FUNCTION console_record_first_status(%2$L)', watched.name, watched.kind);
            EXECUTE format('CREATE TRIGGER %1$s_status AFTER UPDATE ON %1$I
                REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                FOR EACH STATEMENT EXECUTE FUNCTION console_record_status(%2$L)', watched.name, watched.kind);
        END IF;
        IF watched.counted THEN
            EXECUTE format('CREATE TRIGGER %1$s_count_inserts AFTER INSERT ON %1$I REFERENCING NEW TABLE AS new_rows
                FOR EACH STATEMENT EXECUTE FUNCTION console_count_inserts()', watched.name);
            EXECUTE format('CREATE TRIGGER %1$s_count_updates AFTER UPDATE ON %1$I
                REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                FOR EACH STATEMENT EXECUTE FUNCTION console_count_updates()', watched.name);
            EXECUTE format('CREATE TRIGGER %1$s_count_deletes AFTER DELETE ON %1$I REFERENCING OLD TABLE AS old_rows
                FOR EACH STATEMENT EXECUTE FUNCTION console_count_deletes()', watched.name);
            EXECUTE format('CREATE TRIGGER %1$s_count_truncate AFTER TRUNCATE ON %1$I
                FOR EACH STATEMENT EXECUTE FUNCTION console_count_truncate()', watched.name);
        END IF;
        IF watched.notified THEN
            EXECUTE format('CREATE TRIGGER %1$s_notify_insert AFTER INSERT ON %1$I REFERENCING NEW TABLE AS new_rows
                FOR EACH STATEMENT EXECUTE FUNCTION console_notify_new(%2$L)', watched.name, watched.kind);
            EXECUTE format('CREATE TRIGGER %1$s_notify_update AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS new_rows
                FOR EACH STATEMENT EXECUTE FUNCTION console_notify_new(%2$L)', watched.name, watched.kind);
            EXECUTE format('CREATE TRIGGER %1$s_notify_delete AFTER DELETE ON %1$I REFERENCING OLD TABLE AS old_rows
                FOR EACH STATEMENT EXECUTE FUNCTION console_notify_old(%2$L)', watched.name, watched.kind);
        END IF;
    END LOOP;
END $$;
