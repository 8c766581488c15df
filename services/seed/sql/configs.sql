INSERT INTO project_configs (
    id, project_id, repo_url, build_command, output_dir, env_config, deployment_target, created_at
)
SELECT
    pg_temp.seed_id('config', j.n),
    j.id,
    CASE WHEN j.code_at IS NOT NULL
        THEN 'https://git.example/' || left(md5(j.person::text), 8) || '/'
            || trim(BOTH '-' FROM regexp_replace(lower(left(j.title, 30)), '[^a-z0-9]+', '-', 'g')) END,
    CASE WHEN j.configured_at IS NOT NULL THEN CASE j.combo WHEN 'app' THEN 'npx expo export' ELSE 'npm run build' END END,
    CASE WHEN j.configured_at IS NOT NULL THEN CASE j.combo WHEN 'app' THEN 'dist' ELSE '.next' END END,
    CASE
        WHEN j.configured_at IS NULL THEN '{}'
        ELSE jsonb_build_object('NODE_ENV', 'production', 'SITE_NAME', j.title)
    END,
    CASE s.hosting
        WHEN 'aws' THEN 'concept_aws'
        WHEN 'netlify' THEN 'concept_netlify'
        WHEN 'expo' THEN 'concept_expo'
        ELSE 'vercel'
    END,
    j.created_at
FROM seed_project AS j
JOIN seed_session AS s USING (n)
WHERE j.ordinal = 1
ORDER BY j.n
