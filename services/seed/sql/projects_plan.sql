-- Projects of finished sessions, and a few that were made elsewhere, with the times of their steps so far.
INSERT INTO seed_project (n, ordinal, id, person, combo, title, created_at, code_at, configured_at, domain_at)
WITH made AS (
    SELECT s.n, 1 AS ordinal, s.person, s.combo, left(s.purpose, 80) AS title, s.finished_at AS created_at
    FROM seed_session AS s
    JOIN seed_scenario AS c USING (scenario)
    WHERE c.makes_project
    UNION ALL
    SELECT s.n, 2, s.person, s.combo, left('Relaunch: ' || lower(left(s.purpose, 1)) || substr(s.purpose, 2), 80),
        least(s.created_at + interval '20 minutes', :now)
    FROM seed_session AS s
    WHERE pg_temp.seed_u(s.n, 40) < 0.03
), steps AS (
    SELECT
        m.*,
        pg_temp.seed_u(n, 41 + ordinal) AS reach,
        created_at + (0.4 + 30 * power(pg_temp.seed_u(n, 44), 2)) * interval '1 hour' AS code_at,
        (2 + 90 * power(pg_temp.seed_u(n, 45), 2)) * interval '1 hour' AS to_configured,
        (4 + 150 * power(pg_temp.seed_u(n, 46), 2)) * interval '1 hour' AS to_domain
    FROM made AS m
)
SELECT
    n,
    ordinal,
    pg_temp.seed_id('project' || ordinal::text, n),
    person,
    combo,
    title,
    created_at,
    CASE WHEN reach > 0.15 AND code_at < :now THEN code_at END,
    CASE WHEN reach > 0.35 AND code_at + to_configured < :now THEN code_at + to_configured END,
    CASE WHEN reach > 0.55 AND code_at + to_configured + to_domain < :now THEN code_at + to_configured + to_domain END
FROM steps
