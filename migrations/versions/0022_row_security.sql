-- Whose rows a statement reaches, whatever it asks for. Each transaction of the console takes one of these roles, by what
-- its person may see. A role for each scope, and not one whose policies ask for the scope: what a policy asks is asked of
-- each row, and before what the statement asks, so that a search could not use an index of texts; where a policy says
-- `true`, nothing is asked, and who sees everything pays nothing.
--
-- Roles are the server's, and other databases may have them too: two that make them at once must not fail, and nothing ever
-- drops them.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'console_nobody', 'console_own', 'console_all', 'console_admin', 'console_worker', 'console_upkeep',
        'console_listener'
    ] LOOP
        FOR try IN 1..20 LOOP
            BEGIN
                IF to_regrole(name) IS NULL THEN
                    EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', name);
                END IF;
                IF NOT console_may_become(name) THEN
                    EXECUTE format('GRANT %I TO %I', name, current_user);
                END IF;
                EXIT;
            EXCEPTION
                WHEN duplicate_object OR unique_violation OR internal_error THEN  -- somebody else was as far as that
                    PERFORM pg_sleep(0.01 * try);
                WHEN insufficient_privilege THEN
                    RAISE insufficient_privilege USING
                        MESSAGE = format('%I can''t become the role %I', current_user, name),
                        HINT = format(
                            'Have an administrator of the server run, for each role that begins with console_: '
                            'CREATE ROLE %I NOLOGIN NOINHERIT; GRANT %I TO %I;', name, name, current_user
                        );
            END;
        END LOOP;
        IF EXISTS (SELECT FROM pg_roles r WHERE r.rolname = name AND (r.rolsuper OR r.rolbypassrls OR r.rolcanlogin)) THEN
            RAISE EXCEPTION 'The role % exists, and may do more than it should; alter or drop it.', name;
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), name);
    END LOOP;
END $$;

-- What each role may do to each table at all: S(elect), I(nsert), U(pdate), D(elete). Rows that go with others, by foreign
-- keys, go as their owner has them go. What triggers write, whoever writes the row may write: the ledger, notices, history.
DO $$
DECLARE
    roles constant text[] := ARRAY[
        'console_nobody', 'console_own', 'console_all', 'console_admin', 'console_worker', 'console_upkeep'
    ];
    words constant jsonb := '{"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}';
    rights record;
    place int;
    letter text;
BEGIN
    FOR rights IN
        SELECT t.name, ARRAY[nobody, own, "all", admin, worker, upkeep] AS letters FROM (VALUES
            -- table, nobody, own, all, admin, worker, upkeep
            ('alembic_version', 'S', 'S', 'S', 'S', 'S', 'S'),
            ('users', 'S', 'S', 'S', 'SIU', 'S', ''),
            ('onboarding_sessions', '', 'SIU', 'SIU', 'SIUD', 'SIUD', ''),
            ('projects', '', 'SIU', 'SIU', 'SIUD', 'SIUD', ''),
            ('project_configs', '', 'SIU', 'SIU', 'SIUD', 'SIUD', ''),
            ('rooms', '', 'SIU', 'SIU', 'SIUD', 'SIUD', ''),
            ('room_states', '', 'SIU', 'SIU', 'SIUD', 'SIUD', ''),
            ('room_participants', '', 'SI', 'SIU', 'SIUD', 'SIUD', ''),
            ('deploys', '', 'SIU', 'SIU', 'SIUD', 'SIUD', ''),
            ('deploy_attempts', '', 'S', 'S', 'SIUD', 'SIUD', ''),
            ('session_texts', '', 'SIU', 'SIU', 'SIUD', 'SIUD', ''),
            ('deploy_texts', '', 'SIU', 'SIU', 'SIUD', 'SIUD', ''),
            ('status_changes', '', 'SI', 'SI', 'SI', 'SI', ''),
            ('metric_deltas', '', 'I', 'SI', 'SI', 'SI', 'SID'),
            ('session_beginnings', '', 'I', 'SI', 'SI', 'SI', 'SID'),
            ('live_notices', '', 'I', 'I', 'I', 'I', 'SID'),
            ('live_horizons', '', '', '', '', '', 'SID'),
            ('audit_events', 'I', 'SI', 'SI', 'SI', 'SI', 'SID'),
            ('failure_groups', '', 'S', 'SU', 'SU', 'SIU', 'S'),
            ('failure_group_hours', '', 'S', 'S', 'S', 'SIU', 'SD'),
            ('recoveries', '', 'S', 'SIU', 'SIU', 'SIU', ''),
            ('recovery_items', '', 'S', 'SIU', 'SIU', 'SIU', ''),
            ('hook_hosts', '', 'S', 'SIU', 'SIU', 'SIU', ''),
            ('host_outcomes', '', 'S', 'SD', 'SD', 'SIUD', 'SD'),
            ('delivery_pauses', '', 'S', 'SIUD', 'SIUD', 'SU', ''),
            ('gone_hooks', '', 'S', 'SUD', 'SUD', 'SIUD', ''),
            ('prompt_templates', '', 'S', 'SU', 'SIUD', 'SIUD', ''),
            ('saved_views', '', 'SIUD', 'SIUD', 'SIUD', 'SIUD', ''),
            ('saved_view_pins', '', 'SIUD', 'SIUD', 'SIUD', '', ''),
            ('list_preferences', '', 'SIUD', 'SIUD', 'SIUD', '', ''),
            ('bulk_jobs', '', 'SIU', 'SIU', 'SIU', 'SIU', ''),
            ('bulk_items', '', 'SIU', 'SIU', 'SIU', 'SIU', ''),
            ('exports', '', 'SIUD', 'SIUD', 'SIUD', 'SIUD', 'SD'),
            ('export_chunks', '', 'SD', 'SD', 'SD', 'SID', 'SD'),
            ('trashed_records', '', 'S', 'SIUD', 'SIUD', 'SIUD', 'SUD'),
            ('audit_links', '', '', 'S', 'S', '', 'SID'),
            ('audit_seals', '', '', 'S', 'S', '', 'SI'),
            ('audit_purges', '', '', 'S', 'S', '', 'SI'),
            ('sign_ins', 'SIU', 'SIU', 'SIU', 'SIU', '', 'SD'),
            ('sign_in_budgets', 'SIUD', 'SIUD', 'SIUD', 'SIUD', '', 'SD'),
            ('authenticator_apps', 'SIU', 'SIUD', 'SIUD', 'SIUD', '', ''),
            ('recovery_codes', 'SIUD', 'SIUD', 'SIUD', 'SIUD', '', ''),
            ('passkeys', 'SIU', 'SIUD', 'SIUD', 'SIUD', '', ''),
            ('second_factor_tries', 'SIUD', 'SIUD', 'SIUD', 'SIUD', '', ''),
            ('second_factor_roles', 'S', 'S', 'S', 'SIUD', '', ''),
            ('spent_challenges', 'SID', 'SID', 'SID', 'SID', '', 'SD'),
            ('api_tokens', 'S', 'SIU', 'SIU', 'SIU', '', ''),
            ('actings', 'S', 'SU', 'SU', 'SIU', '', ''),
            ('pgqueuer', '', '', '', '', 'SIUD', 'SIUD'),
            ('pgqueuer_log', '', '', '', '', 'SIUD', 'SIUD'),
            ('pgqueuer_schedules', '', '', '', '', 'SIUD', 'SIUD'),
            ('pgqueuer_statistics', '', '', '', '', 'SIUD', 'SIUD')
        ) AS t (name, nobody, own, "all", admin, worker, upkeep)
    LOOP
        FOR place IN 1..cardinality(roles) LOOP
            FOREACH letter IN ARRAY string_to_array(rights.letters[place], NULL) LOOP
                EXECUTE format('GRANT %s ON %I TO %I', words ->> letter, rights.name, roles[place]);
            END LOOP;
        END LOOP;
    END LOOP;
END $$;

-- Everybody's own sign-in. The role and whether they may sign in at all are an admin's to say.
GRANT UPDATE (password, fs_uniquifier, second_factor_since) ON users TO console_nobody;
GRANT UPDATE (password, fs_uniquifier, second_factor_since, density) ON users TO console_own, console_all;
GRANT UPDATE (last_used_at, last_used_from) ON api_tokens TO console_nobody;
-- Who is not known yet leaves events of attempts to sign in, and reads none.
GRANT SELECT (id, at) ON audit_events TO console_nobody;
-- A web process reads what is told, and whether those who listen still may.
GRANT SELECT ON live_notices TO console_listener;
GRANT SELECT (id, role, active, fs_uniquifier) ON users TO console_listener;
GRANT SELECT (id, user_id, expires_at, ends_at, ended_at) ON sign_ins TO console_listener;
GRANT SELECT (id, user_id, expires_at, revoked_at) ON api_tokens TO console_listener;
GRANT SELECT (id, admin_id, user_id, ends_at, ended_at) ON actings TO console_listener;
GRANT USAGE ON SEQUENCE pgqueuer_id_seq, pgqueuer_log_id_seq, pgqueuer_schedules_id_seq, pgqueuer_statistics_id_seq
    TO console_worker, console_upkeep;
-- Tables that are added later and that nobody owns: whoever sees all sees them, nobody else. Those that somebody owns say so.
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO console_all, console_admin, console_worker;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO console_all, console_admin, console_worker;

-- The person on whose behalf a transaction is, or null.
CREATE FUNCTION console_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('console.person', true), '')::uuid;

-- Which rows, and whose. `seen` is the condition under which they are a member's own. Where it asks other tables, it asks
-- them under their own policies, so that each is written once; as an array, so that it is asked once a statement and an index
-- finds the rows.
DO $$
DECLARE
    belongs record;
BEGIN
    FOR belongs IN
        SELECT * FROM (VALUES
            ('onboarding_sessions', 'user_id = console_person()'),
            ('projects', 'owner_id = console_person()'),
            ('project_configs', 'project_id = ANY (ARRAY(SELECT p.id FROM projects p))'),
            ('rooms', 'project_id = ANY (ARRAY(SELECT p.id FROM projects p))'),
            ('room_states', 'room_id = ANY (ARRAY(SELECT r.id FROM rooms r))'),
            ('room_participants', 'room_id = ANY (ARRAY(SELECT r.id FROM rooms r))'),
            ('deploys', 'session_id = ANY (ARRAY(SELECT s.id FROM onboarding_sessions s))'),
            ('deploy_attempts', 'deploy_id = ANY (ARRAY(SELECT d.id FROM deploys d))'),
            ('session_texts', 'session_id = ANY (ARRAY(SELECT s.id FROM onboarding_sessions s))'),
            ('deploy_texts', 'deploy_id = ANY (ARRAY(SELECT d.id FROM deploys d))'),
            ('status_changes', 'subject_id = ANY (ARRAY(
                SELECT s.id FROM onboarding_sessions s UNION ALL SELECT p.id FROM projects p))')
        ) AS t (name, seen)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', belongs.name);
        EXECUTE format('CREATE POLICY own ON %I TO console_own USING (%s)', belongs.name, belongs.seen);
        EXECUTE format('CREATE POLICY every ON %I TO console_all, console_admin, console_worker USING (true)', belongs.name);
    END LOOP;
    -- What each person has for themselves; who sees all records sees no more of these.
    FOR belongs IN
        SELECT * FROM (VALUES
            ('saved_view_pins', 'user_id = console_person()'),
            ('list_preferences', 'user_id = console_person()'),
            ('export_chunks', 'export_id = ANY (ARRAY(SELECT e.id FROM exports e WHERE e.owner_id = console_person()))'),
            ('bulk_items', 'job_id = ANY (ARRAY(SELECT j.id FROM bulk_jobs j))')
        ) AS t (name, seen)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', belongs.name);
        EXECUTE format(
            'CREATE POLICY own ON %I TO console_own, console_all, console_admin USING (%s)', belongs.name, belongs.seen
        );
        EXECUTE format('CREATE POLICY every ON %I TO console_worker, console_upkeep USING (true)', belongs.name);
    END LOOP;
END $$;

-- People: a member needs those whose views they are shown and who are in their rooms, besides themselves.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY sign_in ON users TO console_nobody, console_listener
    USING (fs_uniquifier IS NOT NULL OR role IS NOT NULL);
CREATE POLICY needed ON users FOR SELECT TO console_own USING (
    id = console_person()
    OR id = ANY (ARRAY(SELECT v.owner_id FROM saved_views v UNION SELECT p.user_id FROM room_participants p))
);
CREATE POLICY every_read ON users FOR SELECT TO console_all USING (true);
CREATE POLICY own_change ON users FOR UPDATE TO console_own, console_all USING (id = console_person());
CREATE POLICY every ON users TO console_admin, console_worker USING (true);

-- Views: one's own and those that are shared; these are everybody's to look at and to hold on to, their owner's to change,
-- and an admin's.
ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON saved_views TO console_own, console_all
    USING (owner_id = console_person()) WITH CHECK (owner_id = console_person());
CREATE POLICY shared_read ON saved_views FOR SELECT TO console_own, console_all USING (is_shared);
CREATE POLICY shared_hold ON saved_views FOR UPDATE TO console_own, console_all
    USING (is_shared) WITH CHECK (owner_id = console_person());
CREATE POLICY own_or_shared ON saved_views TO console_admin
    USING (owner_id = console_person() OR is_shared) WITH CHECK (true);
CREATE POLICY every ON saved_views TO console_worker USING (true);

-- Files are their owner's; an admin who takes somebody's role takes them back.
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON exports TO console_own, console_all USING (owner_id = console_person());
CREATE POLICY every ON exports TO console_admin, console_worker, console_upkeep USING (true);

-- Bulk jobs: an admin sees everybody's.
ALTER TABLE bulk_jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON bulk_jobs TO console_own, console_all USING (actor_id = console_person());
CREATE POLICY every ON bulk_jobs TO console_admin, console_worker USING (true);

-- The trash: of what only an admin may delete, only an admin sees what was deleted.
ALTER TABLE trashed_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY allowed ON trashed_records TO console_all USING (
    permission <> ALL ('{delete_session,delete_project,delete_room,edit_template,edit_user}')
);
CREATE POLICY every ON trashed_records TO console_admin, console_worker, console_upkeep USING (true);

-- Recoveries take anybody's deploys; a member is told no more than that one holds theirs.
ALTER TABLE recoveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY holds_own ON recoveries FOR SELECT TO console_own
    USING (id = ANY (ARRAY(SELECT i.recovery_id FROM recovery_items i)));
CREATE POLICY every ON recoveries TO console_all, console_admin, console_worker USING (true);
ALTER TABLE recovery_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON recovery_items TO console_own USING (deploy_id = ANY (ARRAY(SELECT d.id FROM deploys d)));
CREATE POLICY every ON recovery_items TO console_all, console_admin, console_worker USING (true);
ALTER TABLE gone_hooks ENABLE ROW LEVEL SECURITY;
CREATE POLICY every ON gone_hooks TO console_own, console_all, console_admin, console_worker USING (true);

-- Failures alike: of many people's deploys, in words that the hooks of all of them sent.
ALTER TABLE failure_groups ENABLE ROW LEVEL SECURITY;
CREATE POLICY every ON failure_groups TO console_all, console_admin, console_worker, console_upkeep USING (true);
ALTER TABLE failure_group_hours ENABLE ROW LEVEL SECURITY;
CREATE POLICY every ON failure_group_hours TO console_all, console_admin, console_worker, console_upkeep USING (true);

-- History: a member reads what they did, and what was done to what is theirs. Nobody writes in another's name.
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON audit_events FOR SELECT TO console_own USING (
    actor_id = console_person()
    OR actor_id = nullif(current_setting('console.answerable', true), '')::uuid -- what one writes as somebody else
    OR subject_id = console_person()
    OR subject_id = ANY (ARRAY(
        SELECT s.id FROM onboarding_sessions s
        UNION ALL SELECT p.id FROM projects p
        UNION ALL SELECT d.id FROM deploys d
        UNION ALL SELECT r.id FROM rooms r
        UNION ALL SELECT c.id FROM project_configs c
    ))
);
CREATE POLICY every ON audit_events FOR SELECT TO console_all, console_admin, console_worker, console_upkeep USING (true);
CREATE POLICY id_alone ON audit_events FOR SELECT TO console_nobody USING (true);
CREATE POLICY of_oneself ON audit_events FOR INSERT TO console_own, console_all, console_admin
    WITH CHECK (actor_id IS NOT DISTINCT FROM nullif(current_setting('console.answerable', true), '')::uuid);
CREATE POLICY of_nobody ON audit_events FOR INSERT TO console_nobody WITH CHECK (true);
CREATE POLICY of_anybody ON audit_events FOR INSERT TO console_worker, console_upkeep WITH CHECK (true);
CREATE POLICY retention ON audit_events FOR DELETE TO console_upkeep USING (true);

-- What people prove themselves by. Who is not known yet is about to be: by any of these. A member and whoever sees all records
-- reach their own; an admin, who ends other people's, everybody's.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'sign_ins', 'authenticator_apps', 'recovery_codes', 'passkeys', 'second_factor_tries', 'api_tokens', 'actings'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own ON %I TO console_own, console_all USING (user_id = console_person())', name);
        EXECUTE format('CREATE POLICY sign_in ON %I TO console_nobody USING (true)', name);
        EXECUTE format('CREATE POLICY every ON %I TO console_admin, console_upkeep USING (true)', name);
    END LOOP;
END $$;
CREATE POLICY listens ON sign_ins FOR SELECT TO console_listener USING (true);
CREATE POLICY listens ON api_tokens FOR SELECT TO console_listener USING (true);
CREATE POLICY listens ON actings FOR SELECT TO console_listener USING (true);

-- People as a provider knows them, where there are any.
DO $$
BEGIN
    IF to_regclass('identities') IS NOT NULL THEN
        GRANT SELECT, UPDATE ON identities TO console_nobody;
        GRANT SELECT, INSERT, UPDATE, DELETE ON identities TO console_own, console_all, console_admin;
        ALTER TABLE identities ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON identities TO console_own, console_all USING (user_id = console_person());
        CREATE POLICY sign_in ON identities TO console_nobody USING (true);
        CREATE POLICY every ON identities TO console_admin USING (true);
    END IF;
END $$;
