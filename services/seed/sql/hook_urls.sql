-- The hooks of the deploys of some sessions, in the order of these.
SELECT
    s.n,
    p.ordinal,
    CASE p.ordinal
        WHEN 1 THEN s.hook_url
        ELSE h.prefix || 'prj-' || replace(pg_temp.seed_id('hook2', s.n)::text, '-', '')
    END AS url
FROM seed_session AS s
JOIN seed_deploy_plan AS p USING (scenario)
JOIN seed_hook AS h ON h.name = p.hook
WHERE s.n > :after AND s.n <= :upto
ORDER BY s.n, p.ordinal
