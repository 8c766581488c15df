-- The owner, and up to three others who came later.
INSERT INTO room_participants (id, room_id, user_id, joined_at)
SELECT
    pg_temp.seed_id('participant' || seat::text, j.n),
    pg_temp.seed_id('room', j.n),
    p.id,
    j.created_at + (:now - j.created_at) * (0.2 * pg_temp.seed_u(j.n, 52) + 0.2 * seat * pg_temp.seed_u(j.n, 55))
FROM seed_project AS j
CROSS JOIN LATERAL generate_series(0, floor(4 * pg_temp.seed_u(j.n, 56))::int) AS seat
JOIN seed_session AS guest ON guest.n = CASE seat WHEN 0 THEN j.n ELSE 1 + (j.n * 31 + seat * 7919) % :sessions END
JOIN seed_person AS p ON p.person = guest.person
WHERE j.ordinal = 1 AND pg_temp.seed_u(j.n, 50) < 0.25
ON CONFLICT (room_id, user_id) DO NOTHING
