-- A session whose deploy is under way ended just before its first attempt.
UPDATE seed_session AS s
SET
    finished_at = a.started_at - interval '1 second',
    created_at = a.started_at - (4 + 16 * pg_temp.seed_u(s.n, 32)) * interval '1 minute'
FROM seed_attempt AS a
WHERE a.n = s.n AND a.number = 1 AND s.scenario >= :first_live
