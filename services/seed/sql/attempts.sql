INSERT INTO deploy_attempts (
    id, deploy_id, attempt_number, started_at, duration_ms, status_code, error_kind, error_message, response_excerpt,
    retry_after_s, fingerprint
)
SELECT
    pg_temp.seed_id('attempt' || a.ordinal::text || '.' || a.number::text || '.', a.n),
    pg_temp.seed_id('deploy' || a.ordinal::text, a.n),
    a.number,
    a.started_at,
    a.duration_ms,
    w.status_code,
    w.error_kind,
    w.error_message,
    pg_temp.seed_body(w.body, a.n, a.number, a.ended_at),
    w.retry_after_s,
    l.fingerprint
FROM seed_attempt AS a
JOIN seed_step AS t USING (scenario, ordinal, number)
JOIN seed_deploy_plan AS p USING (scenario, ordinal)
LEFT JOIN seed_answer AS w ON w.name = t.answer
LEFT JOIN seed_likeness AS l ON l.hook = p.hook AND l.answer = t.answer
WHERE NOT t.is_due
ORDER BY a.n, a.ordinal, a.number
