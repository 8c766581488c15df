INSERT INTO users (id, email, name, created_at)
SELECT md5('user' || n)::uuid, lower(first || '.' || last) || '.' || n || '@example.com', first || ' ' || last,
    now() - interval '40 days'
FROM (
    SELECT n, pg_temp.first_names() AS first, pg_temp.last_names() AS last
    FROM generate_series(1, pg_temp.tenth()) AS n OFFSET 0
) AS people;

INSERT INTO onboarding_sessions (
    id, user_id, purpose, target_audience, model_preference, hosting_target, api_provider, status,
    deploy_triggered_at, deploy_response, metadata, created_at, updated_at
)
SELECT md5('session' || n)::uuid, md5('user' || 1 + floor(random() * pg_temp.tenth())::int)::uuid,
    array_to_string(ARRAY[
        pg_temp.word(), pg_temp.word(), pg_temp.word(),
        CASE WHEN words > 3 THEN pg_temp.word() END, CASE WHEN words > 4 THEN pg_temp.word() END,
        CASE WHEN words > 5 THEN pg_temp.word() END, CASE WHEN words > 6 THEN pg_temp.word() END,
        CASE WHEN words > 7 THEN pg_temp.word() END
    ], ' '),
    pg_temp.word() || ' people', 'claude-sonnet', 'vercel', 'anthropic',
    CASE WHEN chance < 0.3 THEN 'draft' WHEN chance < 0.9 THEN 'completed' ELSE 'failed' END,
    CASE WHEN chance >= 0.3 THEN at + interval '10 minutes' END,
    CASE
        WHEN chance >= 0.9 THEN '{"ok": false, "status": 503, "body": "busy"}'::jsonb
        WHEN chance >= 0.3 THEN '{"ok": true, "status": 201, "body": "{}"}'
    END,
    '{"team": 5, "deadline": "soon"}', at, at + interval '10 minutes'
FROM (
    SELECT n, random() AS chance, 3 + floor(random() * 6)::int AS words,
        now() - interval '30 days' * (1 - n::float / pg_temp.sessions()) - interval '10 minutes' AS at
    FROM generate_series(1, pg_temp.sessions()) AS n OFFSET 0
) AS sessions;

INSERT INTO session_texts (session_id, user_id, text)
SELECT id, user_id, lower(concat_ws(E'\x1f', purpose, target_audience)) FROM onboarding_sessions;

INSERT INTO projects (id, owner_id, onboarding_session_id, title, combo_type, status, created_at, updated_at)
SELECT md5('project' || n)::uuid, md5('user' || n)::uuid, md5('session' || n * 10)::uuid,
    pg_temp.word() || ' ' || pg_temp.word(), 'web',
    (ARRAY['prompt_ready', 'code_generated', 'deploy_configured', 'domain_ready'])[1 + n % 4], at, at
FROM (
    SELECT n, now() - interval '30 days' * (1 - n::float / pg_temp.tenth()) AS at
    FROM generate_series(1, pg_temp.tenth()) AS n
) AS projects;

-- Nobody delivers these: what stands for a sealed hook is as long as one, and opens with no key.
INSERT INTO deploys (
    id, session_id, trigger, hook_sealed, hook_key, hook_digest, hook_masked, host, idempotency_key, status,
    created_at, updated_at
)
SELECT md5('deploy' || n)::uuid, md5('session' || n * 10)::uuid, 'wizard',
    'gAAAAA' || repeat(md5(n::text), 6), '00000000', md5(n::text) || md5('digest' || n),
    'https://hooks' || n % 20 || '.example.com/…' || right(md5(n::text), 4), 'hooks' || n % 20 || '.example.com',
    'deploy_' || n, 'succeeded', at, at
FROM (
    SELECT n, now() - interval '30 days' * (1 - n::float / pg_temp.tenth()) AS at
    FROM generate_series(1, pg_temp.tenth()) AS n
) AS deploys;

INSERT INTO deploy_texts (deploy_id, text) SELECT id, host FROM deploys;

INSERT INTO deploy_attempts (id, deploy_id, attempt_number, started_at, duration_ms, status_code, response_excerpt)
SELECT md5('attempt' || idempotency_key)::uuid, id, 1, created_at, 120, 201, '{"job": {}}' FROM deploys;

INSERT INTO metric_deltas (metric, label, bucket, delta)
SELECT 'onboarding_sessions', status, date_trunc('hour', max(created_at), 'UTC'), count(*)
FROM onboarding_sessions GROUP BY status
UNION ALL
SELECT 'projects', status, date_trunc('hour', max(created_at), 'UTC'), count(*) FROM projects GROUP BY status
UNION ALL
SELECT 'deploys', status, date_trunc('hour', max(created_at), 'UTC'), count(*) FROM deploys GROUP BY status
