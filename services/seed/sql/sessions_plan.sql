-- Who came when, what they wanted, and which scenario it became.
INSERT INTO seed_session (
    n, person, scenario, created_at, finished_at, answers, combo, purpose, audience, model, hosting, provider,
    hook_url, is_default_hook
)
WITH moments AS MATERIALIZED (
    SELECT
        n,
        CAST(:begins_at AS timestamptz)
            + (bucket - 1 + (share - shares[bucket]) / (shares[bucket + 1] - shares[bucket])) * interval '1 hour' AS at
    FROM (SELECT n, (n - 1 + pg_temp.seed_u(n, 1)) / :sessions AS share FROM generate_series(1, :sessions) AS n) AS a
    CROSS JOIN (SELECT CAST(:shares AS float8[]) AS shares) AS b
    CROSS JOIN LATERAL (SELECT width_bucket(share, shares) AS bucket) AS c
), visits AS MATERIALIZED (
    SELECT
        n,
        at AS created_at,
        at + (3 + 42 * power(pg_temp.seed_u(n, 2), 2)) * interval '1 minute' AS ended_at,
        :first_person + floor(:people * power(pg_temp.seed_u(n, 3), 1.5))::bigint AS person,
        -- Multiples of the golden ratio fill [0, 1) evenly, so that few sessions already hold every scenario.
        width_bucket(
            n * golden - floor(n * golden), CAST(:scenario_shares AS float8[])
        ) AS usual,
        width_bucket(pg_temp.seed_u(n, 4), CAST(:combo_shares AS float8[])) AS combo
    FROM moments
    CROSS JOIN (SELECT 0.6180339887498949::float8 AS golden) AS g
), ways AS MATERIALIZED (
    SELECT
        v.*,
        CASE
            WHEN n > :sessions - :live THEN :first_live + (:sessions - n) % :live_scenarios
            WHEN ended_at > CAST(:now AS timestamptz) - interval '1 minute' THEN :draft
            -- Among the newest there is always something to put right.
            WHEN n > :sessions - :live - 4 THEN :gone
            WHEN i.scenario IS NOT NULL AND usual = :succeeded AND pg_temp.seed_u(n, 5) < 0.75 THEN i.scenario
            WHEN ended_at + s.longest_s * interval '1 second' > :now THEN :succeeded
            ELSE usual
        END AS scenario
    FROM visits AS v
    JOIN seed_scenario AS s ON s.scenario = v.usual
    LEFT JOIN seed_incident AS i ON v.ended_at >= i.from_at AND v.ended_at < i.to_at
), wishes AS (
    SELECT
        w.*,
        CASE w.combo
            WHEN 1 THEN pg_temp.seed_pick(:web_products, pg_temp.seed_u(n, 6))
            WHEN 2 THEN pg_temp.seed_pick(:enterprise_products, pg_temp.seed_u(n, 6))
            WHEN 3 THEN pg_temp.seed_pick(:app_products, pg_temp.seed_u(n, 6))
            ELSE pg_temp.seed_pick(:custom_products, pg_temp.seed_u(n, 6))
        END AS product,
        CASE
            WHEN w.combo = 3 AND pg_temp.seed_u(n, 7) < 0.8 THEN 'expo'
            WHEN pg_temp.seed_u(n, 7) < 0.72 THEN 'vercel'
            WHEN pg_temp.seed_u(n, 7) < 0.88 THEN 'aws'
            ELSE 'netlify'
        END AS hosting
    FROM ways AS w
)
SELECT
    w.n,
    person,
    w.scenario,
    w.created_at,
    CASE
        WHEN w.scenario = :draft
            THEN least(w.created_at + pg_temp.seed_u(w.n, 8) * interval '15 minutes', :now)
        ELSE w.ended_at
    END,
    CASE WHEN w.scenario = :draft THEN floor(pg_temp.seed_u(w.n, 9) * 8)::int ELSE 7 END,
    (CAST(:combos AS text[]))[w.combo],
    product || ' for ' || pg_temp.seed_pick(:trades, pg_temp.seed_u(w.n, 10))
        || ' in ' || pg_temp.seed_pick(:towns, pg_temp.seed_u(w.n, 11)),
    pg_temp.seed_pick(:audiences, pg_temp.seed_u(w.n, 12)),
    pg_temp.seed_pick(:models, pg_temp.seed_u(w.n, 13)),
    hosting,
    pg_temp.seed_pick(:providers, pg_temp.seed_u(w.n, 14)),
    CASE
        WHEN h.is_default THEN :default_hook
        ELSE hook.prefix || 'prj-' || replace(pg_temp.seed_id('hook', w.n)::text, '-', '')
    END,
    h.is_default
FROM wishes AS w
LEFT JOIN seed_deploy_plan AS d ON d.scenario = w.scenario AND d.ordinal = 1
CROSS JOIN LATERAL (
    SELECT d.scenario IS NULL OR (d.hook = 'good' AND pg_temp.seed_u(w.n, 15) < 0.4) AS is_default
) AS h
JOIN seed_hook AS hook ON hook.name = coalesce(d.hook, 'good')
