INSERT INTO projects (
    id, owner_id, onboarding_session_id, title, description, combo_type, prompt_text, stack, status, created_at, updated_at
)
SELECT
    j.id,
    p.id,
    CASE j.ordinal WHEN 1 THEN pg_temp.seed_id('session', j.n) END,
    j.title,
    'For ' || s.audience || '.',
    j.combo,
    replace(
        replace(t.content, '{purpose}', lower(left(s.purpose, 1)) || substr(s.purpose, 2)), '{audience}', s.audience
    ),
    CASE j.combo
        WHEN 'web' THEN pg_temp.seed_pick(:web_stacks, pg_temp.seed_u(j.n, 47))
        WHEN 'enterprise' THEN pg_temp.seed_pick(:enterprise_stacks, pg_temp.seed_u(j.n, 47))
        WHEN 'app' THEN pg_temp.seed_pick(:app_stacks, pg_temp.seed_u(j.n, 47))
        ELSE pg_temp.seed_pick(:custom_stacks, pg_temp.seed_u(j.n, 47))
    END,
    CASE
        WHEN j.domain_at IS NOT NULL THEN 'domain_ready'
        WHEN j.configured_at IS NOT NULL THEN 'deploy_configured'
        WHEN j.code_at IS NOT NULL THEN 'code_generated'
        ELSE 'prompt_ready'
    END,
    j.created_at,
    greatest(j.created_at, j.code_at, j.configured_at, j.domain_at)
FROM seed_project AS j
JOIN seed_session AS s USING (n)
JOIN seed_person AS p ON p.person = j.person
JOIN (SELECT combo, count(*) AS choices FROM seed_template GROUP BY combo) AS k ON k.combo = j.combo
JOIN seed_template AS t ON t.combo = j.combo AND t.rank = 1 + floor(k.choices * pg_temp.seed_u(j.n, 16))::bigint
ORDER BY j.n
