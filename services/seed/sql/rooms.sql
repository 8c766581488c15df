INSERT INTO rooms (id, project_id, name, created_at)
SELECT
    pg_temp.seed_id('room', n),
    id,
    pg_temp.seed_pick(:rooms, pg_temp.seed_u(n, 51)),
    created_at + (:now - created_at) * 0.2 * pg_temp.seed_u(n, 52)
FROM seed_project
WHERE ordinal = 1 AND pg_temp.seed_u(n, 50) < 0.25
ORDER BY n
