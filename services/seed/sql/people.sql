-- One person for each number that has sessions; numbers go on where the last load ended, which keeps addresses unique.
INSERT INTO seed_person (person, id, email)
SELECT
    person,
    pg_temp.seed_id('user', person),
    lower(
        pg_temp.seed_pick(:first_names, pg_temp.seed_u(person, 20)) || '.'
        || pg_temp.seed_pick(:last_names, pg_temp.seed_u(person, 21))
    ) || '.' || person || '@' || pg_temp.seed_pick(:domains, pg_temp.seed_u(person, 22))
FROM (SELECT DISTINCT person FROM seed_session WHERE person > 0) AS p
