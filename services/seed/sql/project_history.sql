INSERT INTO status_changes (id, subject_kind, subject_id, from_status, to_status, at, actor)
SELECT pg_temp.seed_id('ph' || j.ordinal::text || step.part::text || '.', j.n), 'project', j.id, was, is_now, at, actor
FROM seed_project AS j
JOIN seed_person AS p USING (person)
JOIN seed_operator AS o ON o.rank = j.n % (SELECT count(*) FROM seed_operator)
CROSS JOIN LATERAL (VALUES
    (1, NULL, 'prompt_ready', j.created_at, CASE j.ordinal WHEN 1 THEN p.email END),
    (2, 'prompt_ready', 'code_generated', j.code_at, NULL),  -- by the generator, which names nobody
    (3, 'code_generated', 'deploy_configured', j.configured_at, o.email),
    (4, 'deploy_configured', 'domain_ready', j.domain_at, o.email)
) AS step (part, was, is_now, at, actor)
WHERE step.at IS NOT NULL
ORDER BY j.n, j.ordinal, step.part
