INSERT INTO users (id, email, name, created_at)
SELECT
    p.id,
    p.email,
    pg_temp.seed_pick(:first_names, pg_temp.seed_u(p.person, 20)) || ' '
        || pg_temp.seed_pick(:last_names, pg_temp.seed_u(p.person, 21)),
    s.first_at - pg_temp.seed_u(p.person, 23) * interval '10 minutes'
FROM seed_person AS p
JOIN (SELECT person, min(created_at) AS first_at FROM seed_session GROUP BY person) AS s USING (person)
WHERE p.person > 0
ORDER BY s.first_at
