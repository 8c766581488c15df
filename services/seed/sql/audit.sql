-- What operators did: retries, cancels, second deploys, steps of projects and their configurations.
INSERT INTO audit_events (id, at, actor_id, actor, origin, tag, subject_kind, subject_id, before, after)
SELECT
    pg_temp.seed_id('audit' || part || '.', e.n), e.at, o.id, o.email, '127.0.0.1', e.tag, split_part(e.tag, ':', 1),
    e.subject_id, e.before, e.after
FROM (
    SELECT
        a.n, 'r' || a.number::text AS part, a.started_at - interval '1 second' AS at, 'deploy:retry' AS tag,
        pg_temp.seed_id('deploy' || a.ordinal::text, a.n) AS subject_id,
        jsonb_build_object('status', 'dead_lettered') AS before, jsonb_build_object('status', 'queued') AS after
    FROM seed_attempt AS a JOIN seed_step AS t USING (scenario, ordinal, number)
    WHERE t.by_hand
    UNION ALL
    SELECT
        s.n, 'c', d.updated_at, 'deploy:cancel', d.id,
        jsonb_build_object('status', 'retry_scheduled'), jsonb_build_object('status', 'cancelled')
    FROM seed_session AS s
    JOIN seed_deploy_plan AS p USING (scenario)
    JOIN deploys AS d ON d.id = pg_temp.seed_id('deploy' || p.ordinal::text, s.n)
    WHERE p.status = 'cancelled'
    UNION ALL
    SELECT
        s.n, 'd' || p.ordinal::text, d.created_at, 'deploy:request', d.id,
        NULL,
        jsonb_build_object(
            'session_id', d.session_id,
            'trigger', d.trigger,
            'hook_url', d.hook_masked
        )
    FROM seed_session AS s
    JOIN seed_deploy_plan AS p USING (scenario)
    JOIN deploys AS d ON d.id = pg_temp.seed_id('deploy' || p.ordinal::text, s.n)
    WHERE p.ordinal > 1
    UNION ALL
    SELECT
        j.n, 'm3' || j.ordinal::text, j.configured_at, 'project:move', j.id,
        jsonb_build_object('status', 'code_generated'), jsonb_build_object('status', 'deploy_configured')
    FROM seed_project AS j
    WHERE j.configured_at IS NOT NULL
    UNION ALL
    SELECT
        j.n, 'm4' || j.ordinal::text, j.domain_at, 'project:move', j.id,
        jsonb_build_object('status', 'deploy_configured'), jsonb_build_object('status', 'domain_ready')
    FROM seed_project AS j
    WHERE j.domain_at IS NOT NULL
    UNION ALL
    SELECT
        j.n, 'g', j.configured_at - interval '40 seconds', 'project:configure', j.id,
        jsonb_build_object('build_command', NULL, 'output_dir', NULL),
        jsonb_build_object('build_command', c.build_command, 'output_dir', c.output_dir)
    FROM seed_project AS j JOIN project_configs AS c ON c.project_id = j.id
    WHERE j.configured_at IS NOT NULL AND j.ordinal = 1
) AS e
JOIN seed_operator AS o ON o.rank = e.n % (SELECT count(*) FROM seed_operator)
ORDER BY e.at
