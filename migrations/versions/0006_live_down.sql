-- What revision 0002 created.
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
