-- What the silenced trigger of sessions would have counted: how many there are in each status.
INSERT INTO metric_deltas (metric, label, bucket, delta)
SELECT 'onboarding_sessions', status, date_trunc('hour', created_at, 'UTC'), count(*) FROM onboarding_sessions
WHERE id IN (SELECT pg_temp.seed_id('session', n) FROM seed_session)
GROUP BY status, 3
