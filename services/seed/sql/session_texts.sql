-- What the silenced trigger of sessions would have written for the search.
INSERT INTO session_texts (session_id, user_id, text)
SELECT id, user_id, lower(concat_ws(E'\x1f', purpose, target_audience)) FROM onboarding_sessions
WHERE id IN (SELECT pg_temp.seed_id('session', n) FROM seed_session) AND (purpose <> '' OR target_audience <> '')
