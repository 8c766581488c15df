INSERT INTO onboarding_sessions (
    id, user_id, purpose, target_audience, model_preference, hosting_target, api_provider, api_key_last_four,
    recommend_template_id, status, vercel_hook_url, deploy_triggered_at, deploy_response, metadata, created_at, updated_at
)
SELECT
    pg_temp.seed_id('session', s.n),
    p.id,
    v.purpose,
    v.audience,
    v.model,
    v.hosting,
    v.provider,
    CASE WHEN v.provider <> 'none' THEN right(md5(s.n::text), 4) END,
    v.template_id,
    c.session_status,
    CASE WHEN NOT s.is_default_hook THEN s.hook_url END,
    newest.started_at,
    newest.response,
    jsonb_strip_nulls(jsonb_build_object(
        'purpose', v.purpose,
        'target_audience', v.audience,
        'model_preference', v.model,
        'hosting_target', v.hosting,
        'api_provider', v.provider,
        'template', v.template_id
    )),
    s.created_at,
    greatest(s.finished_at, newest.ended_at)
FROM seed_session AS s
JOIN seed_person AS p USING (person)
JOIN seed_scenario AS c USING (scenario)
JOIN (SELECT combo, count(*) AS choices FROM seed_template GROUP BY combo) AS k USING (combo)
JOIN seed_template AS t ON t.combo = s.combo AND t.rank = 1 + floor(k.choices * pg_temp.seed_u(s.n, 16))::bigint
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN s.answers > 0 THEN s.purpose END AS purpose,
        CASE WHEN s.answers > 1 THEN s.audience END AS audience,
        CASE WHEN s.answers > 2 THEN s.model END AS model,
        CASE WHEN s.answers > 3 THEN s.hosting END AS hosting,
        CASE WHEN s.answers > 4 THEN s.provider END AS provider,
        CASE WHEN s.answers > 6 THEN t.id END AS template_id
) AS v
LEFT JOIN (
    SELECT
        a.n,
        a.started_at,
        a.ended_at,
        CASE
            WHEN w.status_code IS NULL THEN jsonb_build_object('ok', false, 'error', w.error_message)
            ELSE jsonb_build_object(
                'status', w.status_code,
                'ok', w.status_code BETWEEN 200 AND 299,
                'body', pg_temp.seed_body(w.body, a.n, a.number, a.ended_at)
            )
        END AS response
    FROM seed_attempt AS a
    JOIN seed_step AS t USING (scenario, ordinal, number)
    JOIN seed_answer AS w ON w.name = t.answer
    WHERE t.is_newest
) AS newest ON newest.n = s.n
ORDER BY s.n
