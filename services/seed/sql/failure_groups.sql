-- What failed, as its few causes; a second load adds to those of the first.
INSERT INTO failure_groups AS g (
    fingerprint, host, phase, status_code, shape, first_seen_at, last_seen_at, attempts, sample_attempt_id
)
WITH failed AS (
    SELECT
        l.fingerprint,
        min(a.ended_at) AS first_at,
        max(a.ended_at) AS last_at,
        count(*) AS attempts,
        (max(ARRAY[to_char(a.ended_at, 'YYYYMMDDHH24MISSUS'), a.n::text, a.ordinal::text, a.number::text])) AS newest
    FROM seed_attempt AS a
    JOIN seed_step AS t USING (scenario, ordinal, number)
    JOIN seed_deploy_plan AS p USING (scenario, ordinal)
    JOIN seed_likeness AS l ON l.hook = p.hook AND l.answer = t.answer
    GROUP BY l.fingerprint
)
SELECT DISTINCT ON (f.fingerprint)
    f.fingerprint,
    l.host,
    l.phase,
    l.status_code,
    l.shape,
    f.first_at,
    f.last_at,
    f.attempts,
    pg_temp.seed_id('attempt' || f.newest[3] || '.' || f.newest[4] || '.', f.newest[2]::bigint)
FROM failed AS f
JOIN seed_likeness AS l USING (fingerprint)
ORDER BY f.fingerprint
ON CONFLICT (fingerprint) DO UPDATE SET
    attempts = g.attempts + excluded.attempts,
    first_seen_at = least(g.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(g.last_seen_at, excluded.last_seen_at)
