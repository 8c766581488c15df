-- When each attempt began and ended, by the back-off schedule; of a deploy under way, backwards from when it is due.
INSERT INTO seed_attempt (n, ordinal, number, scenario, started_at, ended_at, duration_ms)
WITH waits AS (
    SELECT
        s.n,
        s.scenario,
        s.finished_at,
        t.ordinal,
        t.number,
        t.is_due,
        CASE
            WHEN t.by_hand THEN :by_hand_least + (:by_hand_most - :by_hand_least) * pg_temp.seed_u(s.n, 100 + t.number)
            ELSE t.wait_s * (1 - :jitter + 2 * :jitter * pg_temp.seed_u(s.n, 100 + 20 * t.ordinal + t.number))
        END + 0.02 + 0.3 * pg_temp.seed_u(s.n, 150 + t.number) AS wait_s,
        round(
            a.fastest_ms
            + (a.slowest_ms - a.fastest_ms) * power(pg_temp.seed_u(s.n, 200 + 20 * t.ordinal + t.number), 2)
        )::int AS duration_ms
    FROM seed_session AS s
    JOIN seed_step AS t USING (scenario)
    LEFT JOIN seed_answer AS a ON a.name = t.answer
), offsets AS (
    SELECT
        w.*,
        sum(wait_s + coalesce(duration_ms, 0) / 1000.0) OVER (PARTITION BY n, ordinal ORDER BY number)
            - coalesce(duration_ms, 0) / 1000.0 AS start_s
    FROM waits AS w
), placed AS (
    SELECT
        o.*,
        CASE
            WHEN o.scenario < :first_live
                THEN o.finished_at + (p.gap_s * (0.5 + pg_temp.seed_u(o.n, 30)) + o.start_s) * interval '1 second'
            ELSE :now + (
                CASE p.status
                    WHEN 'in_flight' THEN -3
                    WHEN 'queued' THEN 0
                    ELSE last_value(o.wait_s) OVER one_deploy * (0.1 + 0.8 * pg_temp.seed_u(o.n, 31))
                END + o.start_s - last_value(o.start_s) OVER one_deploy
            ) * interval '1 second'
        END AS started_at
    FROM offsets AS o
    JOIN seed_deploy_plan AS p USING (scenario, ordinal)
    WINDOW one_deploy AS (
        PARTITION BY o.n, o.ordinal ORDER BY o.number ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
)
SELECT
    n, ordinal, number, scenario, started_at, started_at + duration_ms * interval '1 millisecond', duration_ms
FROM placed
