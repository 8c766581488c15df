-- Chance that can be repeated: the same salt, number and key give the same share of [0, 1), and the same id.
CREATE OR REPLACE FUNCTION pg_temp.seed_u(n bigint, key integer) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT (hashint8extended(n, {salt}::bigint + key) & 4503599627370495)::float8 / 4503599627370496
$$;

CREATE OR REPLACE FUNCTION pg_temp.seed_id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT overlay(overlay(md5(kind || n::text || '/{salt}') placing '4' from 13) placing '8' from 17)::uuid
$$;

CREATE OR REPLACE FUNCTION pg_temp.seed_pick(words text[], u float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT words[1 + floor(u * cardinality(words))::integer]
$$;

-- A hook's answer, with the job that only this attempt got.
CREATE OR REPLACE FUNCTION pg_temp.seed_body(body text, n bigint, number integer, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN body LIKE '%{id}%' THEN replace(
            replace(body, '{id}', 'job_' || left(md5(n::text || '.' || number::text || '/{salt}'), 20)),
            '{ms}', (1000 * extract(epoch FROM at))::bigint::text
        )
        ELSE body
    END
$$;
