INSERT INTO room_states (id, room_id, current_prompt_text, selected_combo_type, updated_at)
SELECT
    pg_temp.seed_id('room_state', j.n),
    pg_temp.seed_id('room', j.n),
    p.prompt_text,
    CASE WHEN pg_temp.seed_u(j.n, 53) < 0.85 THEN j.combo END,
    j.created_at + (:now - j.created_at) * (0.2 + 0.3 * pg_temp.seed_u(j.n, 54))
FROM seed_project AS j
JOIN projects AS p ON p.id = j.id
WHERE j.ordinal = 1 AND pg_temp.seed_u(j.n, 50) < 0.25
ORDER BY j.n
