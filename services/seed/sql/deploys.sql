INSERT INTO deploys (
    id, session_id, trigger, hook_sealed, hook_key, hook_digest, hook_masked, host, idempotency_key, status,
    next_attempt_at, first_attempt_number, fingerprint, actor, created_at, updated_at
)
SELECT
    pg_temp.seed_id('deploy' || p.ordinal::text, s.n),
    pg_temp.seed_id('session', s.n),
    p.trigger,
    h.hook_sealed,
    h.hook_key,
    h.hook_digest,
    h.hook_masked,
    h.host,
    'deploy_' || replace(pg_temp.seed_id('key' || p.ordinal::text, s.n)::text, '-', ''),
    p.status,
    a.due_at,
    p.first_attempt_number,
    l.fingerprint,
    CASE p.trigger WHEN 'wizard' THEN w.email ELSE o.email END,
    greatest(a.first_at - interval '1 second', s.finished_at),
    CASE p.status
        WHEN 'cancelled' THEN a.ended_at + (60 + (:cancelled_within - 60) * pg_temp.seed_u(s.n, 33)) * interval '1 second'
        ELSE coalesce(a.ended_at, a.first_at)
    END
FROM seed_session AS s
JOIN seed_deploy_plan AS p USING (scenario)
JOIN seed_sealed_hook AS h USING (n, ordinal)
LEFT JOIN seed_likeness AS l ON l.hook = p.hook AND l.answer = p.failed_answer
JOIN seed_person AS w USING (person)
JOIN seed_operator AS o ON o.rank = s.n % (SELECT count(*) FROM seed_operator)
JOIN (
    SELECT
        a.n,
        a.ordinal,
        min(a.started_at) AS first_at,
        max(a.ended_at) AS ended_at,
        max(a.started_at) FILTER (WHERE t.is_due) AS due_at
    FROM seed_attempt AS a
    JOIN seed_step AS t USING (scenario, ordinal, number)
    GROUP BY a.n, a.ordinal
) AS a ON a.n = s.n AND a.ordinal = p.ordinal
ORDER BY s.n
