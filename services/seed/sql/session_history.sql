-- What the triggers would have written, had they seen it happen.
INSERT INTO status_changes (id, subject_kind, subject_id, from_status, to_status, at, actor)
SELECT pg_temp.seed_id('sh' || part::text || '.', n), 'session', pg_temp.seed_id('session', n), was, is_now, at, actor
FROM (
    SELECT s.n, 0 AS part, NULL AS was, 'draft' AS is_now, s.created_at AS at, p.email AS actor
    FROM seed_session AS s JOIN seed_person AS p USING (person)
    UNION ALL
    SELECT s.n, 1, 'draft', c.session_from, s.finished_at, p.email
    FROM seed_session AS s JOIN seed_person AS p USING (person) JOIN seed_scenario AS c USING (scenario)
    WHERE c.session_from <> 'draft'
    UNION ALL
    SELECT a.n, 100 * a.ordinal + a.number, t.session_from, t.session_to, a.ended_at, 'worker'
    FROM seed_attempt AS a JOIN seed_step AS t USING (scenario, ordinal, number)
    WHERE t.session_to IS NOT NULL
) AS history
ORDER BY n, part
