-- An event's time is when it is written, not when its transaction began, which may have read for long before. The
-- transaction gets its number first: an event with a higher number than a seal's is then younger than the seal, for certain.
ALTER TABLE audit_events ALTER COLUMN at SET DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN clock_timestamp() END;

-- Which transactions were under way at a sealing: what it missed is of one of these, or of a later one.
ALTER TABLE audit_seals ADD COLUMN snapshot pg_snapshot;

-- How far the chain ever went. Seals are numbered from here on, so that a chain which was cut at its end keeps a gap. Only
-- the database itself moves it, as its owner, when a seal is added.
CREATE TABLE audit_heads (
    is_one boolean NOT NULL DEFAULT true,
    seq bigint NOT NULL,
    last_position bigint NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT pk_audit_heads PRIMARY KEY (is_one),
    CONSTRAINT ck_audit_heads_is_one CHECK (is_one)
);
REVOKE ALL ON audit_heads FROM console_all, console_admin, console_worker;
GRANT SELECT ON audit_heads TO console_all, console_admin, console_upkeep;
INSERT INTO audit_heads (seq, last_position, digest)
SELECT seq, last_position, digest FROM audit_seals ORDER BY seq DESC LIMIT 1;

CREATE FUNCTION console_move_audit_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_heads (seq, last_position, digest) VALUES (NEW.seq, NEW.last_position, NEW.digest)
    ON CONFLICT (is_one) DO UPDATE
    SET seq = excluded.seq, last_position = excluded.last_position, digest = excluded.digest;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_seals_move_head AFTER INSERT ON audit_seals
    FOR EACH ROW EXECUTE FUNCTION console_move_audit_head();

CREATE FUNCTION console_check_audit_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.seq <= OLD.seq OR NEW.last_position < OLD.last_position OR NOT EXISTS (
        SELECT FROM audit_seals s
        WHERE s.seq = NEW.seq AND s.last_position = NEW.last_position AND s.digest = NEW.digest
    ) THEN
        RAISE EXCEPTION 'audit_heads only moves on, to a seal that there is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_heads_check BEFORE UPDATE ON audit_heads
    FOR EACH ROW EXECUTE FUNCTION console_check_audit_head();
CREATE TRIGGER audit_heads_kept BEFORE DELETE OR TRUNCATE ON audit_heads
    FOR EACH STATEMENT EXECUTE FUNCTION console_refuse_change();

-- A table of somebody's own for a while must not stand in for the history.
ALTER FUNCTION console_failed_sign_ins(text, integer) SET search_path = pg_catalog, public, pg_temp;
