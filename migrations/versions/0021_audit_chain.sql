-- Which transaction wrote an event, so that the next sealing knows from where on to look, however late it committed; and
-- the request that it was done in, as error pages and logs name it. Events of before have neither.
ALTER TABLE audit_events ADD COLUMN xid xid8, ADD COLUMN request_id text;
ALTER TABLE audit_events ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
CREATE INDEX ix_audit_events_xid ON audit_events (xid);

-- How many failed sign-ins the last hour's history has, in all and from one address, as far as it matters. Whoever tries to
-- sign in is nobody yet, and may not read the history itself.
CREATE FUNCTION console_failed_sign_ins(address text, up_to integer) RETURNS TABLE (of_address bigint, of_all bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT count(*) FILTER (WHERE f.origin = address), count(*)
    FROM (
        SELECT origin FROM audit_events WHERE tag = 'user:fail_sign_in' AND at > now() - interval '1 hour' LIMIT up_to
    ) AS f
$$;

-- The chain: each sealed event by its place, with the digest of it and of all before it.
CREATE TABLE audit_links (
    position bigint NOT NULL,
    event_id uuid NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT pk_audit_links PRIMARY KEY (position),
    CONSTRAINT uq_audit_links_event_id UNIQUE (event_id)
);

CREATE TABLE audit_seals (
    seq bigint NOT NULL,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    loaded boolean NOT NULL,
    horizon xid8 NOT NULL,
    ceiling xid8 NOT NULL,
    cluster bigint NOT NULL,
    links_digest bytea NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT pk_audit_seals PRIMARY KEY (seq)
);

CREATE TABLE audit_purges (
    seq bigint NOT NULL,
    last_position bigint NOT NULL,
    events bigint NOT NULL,
    days integer NOT NULL,
    purged_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT pk_audit_purges PRIMARY KEY (seq),
    CONSTRAINT ck_audit_purges_days CHECK (days >= 30)
);

-- Nothing of it is changed. Rows leave by retention alone: its transaction first writes down what leaves (audit_purges), and
-- only that may then be deleted, and only what is sealed and old enough.
CREATE FUNCTION console_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit_purges WHERE xid = pg_current_xact_id_if_assigned()) THEN
        RAISE EXCEPTION '% is append-only: rows leave it by retention alone', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION console_refuse_delete_of_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place bigint;
BEGIN
    IF TG_TABLE_NAME = 'audit_links' THEN
        place := OLD.position;
    ELSE
        SELECT position INTO place FROM audit_links WHERE event_id = OLD.id;
    END IF;
    IF place IS NULL OR place > (SELECT max(last_position) FROM audit_purges WHERE xid = pg_current_xact_id()) THEN
        RAISE EXCEPTION '% is append-only: retention does not name this row', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION console_check_purge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.xid := pg_current_xact_id();
    IF NOT EXISTS (
        SELECT FROM audit_seals s
        WHERE s.seq = NEW.seq AND s.last_position = NEW.last_position
        AND s.sealed_at <= clock_timestamp() - make_interval(days => NEW.days)
    ) THEN
        RAISE EXCEPTION 'What retention removes must be whole seals that are % days old', NEW.days
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER audit_events_append_only ON audit_events;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION console_refuse_change();
CREATE TRIGGER audit_events_delete BEFORE DELETE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION console_refuse_delete();
CREATE TRIGGER audit_events_delete_of_kept BEFORE DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION console_refuse_delete_of_kept();
CREATE TRIGGER audit_links_append_only BEFORE UPDATE OR TRUNCATE ON audit_links
    FOR EACH STATEMENT EXECUTE FUNCTION console_refuse_change();
CREATE TRIGGER audit_links_delete BEFORE DELETE ON audit_links
    FOR EACH STATEMENT EXECUTE FUNCTION console_refuse_delete();
CREATE TRIGGER audit_links_delete_of_kept BEFORE DELETE ON audit_links
    FOR EACH ROW EXECUTE FUNCTION console_refuse_delete_of_kept();
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION console_refuse_change();
CREATE TRIGGER audit_purges_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_purges
    FOR EACH STATEMENT EXECUTE FUNCTION console_refuse_change();
CREATE TRIGGER audit_purges_check BEFORE INSERT ON audit_purges
    FOR EACH ROW EXECUTE FUNCTION console_check_purge();
