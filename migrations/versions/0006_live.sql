-- NOTIFY console_events, once a statement: {kind, op, rows: {id: owner or null} (the first 50), beyond: how many more}.
-- Whose those beyond are follows, 150 owners at a time, since a payload has at most 8,000 bytes: {kind, op, owners:
-- {owner: how many}}. An owner is null where nobody's records are, and where what would tell it is gone already.
CREATE FUNCTION console_notify(kind text, op text, ids uuid[], owners uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF ids IS NULL THEN
        RETURN;
    END IF;
    PERFORM pg_notify('console_events', json_build_object(
        'kind', kind, 'op', lower(op), 'rows', json_object_agg(row.id, row.owner),
        'beyond', greatest(cardinality(ids) - 50, 0)
    )::text)
    FROM unnest(ids[1:50], owners[1:50]) AS row (id, owner);
    IF cardinality(ids) <= 50 THEN
        RETURN;
    END IF;
    PERFORM pg_notify('console_events', json_build_object(
        'kind', kind, 'op', lower(op), 'owners', json_object_agg(counted.owner, counted.rows)
    )::text)
    FROM (
        SELECT beyond.owner, count(*) AS rows, (row_number() OVER () - 1) / 150 AS part
        FROM unnest(owners[51:]) AS beyond (owner)
        WHERE beyond.owner IS NOT NULL GROUP BY beyond.owner
    ) AS counted
    GROUP BY counted.part;
END $$;

CREATE FUNCTION console_notify_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('console_events', json_build_object('kind', TG_ARGV[0], 'op', 'truncate')::text);
    RETURN NULL;
END $$;
