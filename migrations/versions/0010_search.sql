-- Texts by which sessions and deploys are searched, apart from their rows: these change with each delivery, the texts
-- hardly ever. What stands between the columns of one text is a control character, which no search can hold.
-- There are no foreign keys: to check them would cost an insert as much again as the text itself does, and the triggers
-- that write the texts delete them too.
CREATE TABLE session_texts (session_id uuid NOT NULL CONSTRAINT pk_session_texts PRIMARY KEY, text text NOT NULL);
CREATE TABLE deploy_texts (deploy_id uuid NOT NULL CONSTRAINT pk_deploy_texts PRIMARY KEY, text text NOT NULL);

CREATE FUNCTION console_session_texts_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO session_texts (session_id, text)
    SELECT n.id, concat_ws(E'\x1f', n.purpose, n.target_audience) FROM new_rows n
    WHERE n.purpose <> '' OR n.target_audience <> '';
    RETURN NULL;
END $$;

CREATE FUNCTION console_session_texts_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO session_texts (session_id, text)
    VALUES (NEW.id, concat_ws(E'\x1f', NEW.purpose, NEW.target_audience))
    ON CONFLICT (session_id) DO UPDATE SET text = excluded.text;
    RETURN NULL;
END $$;

CREATE FUNCTION console_deploy_texts_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO deploy_texts (deploy_id, text)
    SELECT n.id, concat_ws(E'\x1f', n.host, n.actor) FROM new_rows n
    WHERE n.host <> '' OR n.actor <> '';
    RETURN NULL;
END $$;

CREATE FUNCTION console_deploy_texts_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO deploy_texts (deploy_id, text)
    VALUES (NEW.id, concat_ws(E'\x1f', NEW.host, NEW.actor))
    ON CONFLICT (deploy_id) DO UPDATE SET text = excluded.text;
    RETURN NULL;
END $$;

CREATE FUNCTION console_session_texts_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM session_texts WHERE session_id = ANY (ARRAY(SELECT id FROM old_rows));  -- a join's plan may grow bad
    RETURN NULL;
END $$;

CREATE FUNCTION console_deploy_texts_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM deploy_texts WHERE deploy_id = ANY (ARRAY(SELECT id FROM old_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION console_texts_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('TRUNCATE %I', TG_ARGV[0]);
    RETURN NULL;
END $$;

CREATE TRIGGER session_texts_insert AFTER INSERT ON onboarding_sessions REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_session_texts_insert();
CREATE TRIGGER session_texts_update AFTER UPDATE OF purpose, target_audience ON onboarding_sessions
    FOR EACH ROW WHEN (
        (OLD.purpose, OLD.target_audience) IS DISTINCT FROM (NEW.purpose, NEW.target_audience)
    )
    EXECUTE FUNCTION console_session_texts_update();
CREATE TRIGGER session_texts_delete AFTER DELETE ON onboarding_sessions REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_session_texts_delete();
CREATE TRIGGER session_texts_truncate AFTER TRUNCATE ON onboarding_sessions
    FOR EACH STATEMENT EXECUTE FUNCTION console_texts_truncate('session_texts');
CREATE TRIGGER deploy_texts_insert AFTER INSERT ON deploys REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_deploy_texts_insert();
CREATE TRIGGER deploy_texts_update AFTER UPDATE OF hook_url, actor ON deploys
    FOR EACH ROW WHEN ((OLD.hook_url, OLD.actor) IS DISTINCT FROM (NEW.hook_url, NEW.actor))
    EXECUTE FUNCTION console_deploy_texts_update();
CREATE TRIGGER deploy_texts_delete AFTER DELETE ON deploys REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION console_deploy_texts_delete();
CREATE TRIGGER deploy_texts_truncate AFTER TRUNCATE ON deploys
    FOR EACH STATEMENT EXECUTE FUNCTION console_texts_truncate('deploy_texts');

INSERT INTO session_texts (session_id, text)
SELECT id, concat_ws(E'\x1f', purpose, target_audience) FROM onboarding_sessions
WHERE purpose <> '' OR target_audience <> '';
INSERT INTO deploy_texts (deploy_id, text)
SELECT id, concat_ws(E'\x1f', host, actor) FROM deploys
WHERE host <> '' OR actor <> '';
