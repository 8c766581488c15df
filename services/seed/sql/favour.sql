-- The people who sign in to the demo find one session of each kind among their own.
UPDATE seed_session AS s
SET person = favoured.person
FROM (
    SELECT DISTINCT ON (scenario) n, - (1 + n % :favoured) AS person
    FROM seed_session
    WHERE n <= :sessions - :live
    ORDER BY scenario, n DESC
) AS favoured
WHERE s.n = favoured.n
