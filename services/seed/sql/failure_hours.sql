INSERT INTO failure_group_hours AS h (group_id, hour, attempts)
SELECT g.id, date_trunc('hour', a.ended_at, 'UTC'), count(*)
FROM seed_attempt AS a
JOIN seed_step AS t USING (scenario, ordinal, number)
JOIN seed_deploy_plan AS p USING (scenario, ordinal)
JOIN seed_likeness AS l ON l.hook = p.hook AND l.answer = t.answer
JOIN failure_groups AS g USING (fingerprint)
GROUP BY g.id, date_trunc('hour', a.ended_at, 'UTC')
ON CONFLICT (group_id, hour) DO UPDATE SET attempts = h.attempts + excluded.attempts
