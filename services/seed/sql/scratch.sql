-- The plan of one load, from which the real tables are filled. All of it is gone when the transaction ends.
CREATE TEMPORARY TABLE seed_answer (
    name text PRIMARY KEY,
    fastest_ms int NOT NULL,
    slowest_ms int NOT NULL,
    status_code int,
    error_kind text,
    error_message text,
    body text,
    retry_after_s int
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_likeness (  -- what a hook's failure looks like; good answers have none
    hook text,
    answer text,
    fingerprint text NOT NULL,
    host text NOT NULL,
    phase text NOT NULL,
    status_code int,
    shape text NOT NULL,
    PRIMARY KEY (hook, answer)
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_scenario (
    scenario int PRIMARY KEY,
    session_from text NOT NULL,  -- as the wizard left it
    session_status text NOT NULL,
    makes_project boolean NOT NULL,
    longest_s float8 NOT NULL
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_deploy_plan (
    scenario int,
    ordinal int,
    status text NOT NULL,
    trigger text NOT NULL,
    hook text NOT NULL,
    gap_s int NOT NULL,
    first_attempt_number int NOT NULL,
    failed_answer text,  -- the newest, unless it succeeded
    PRIMARY KEY (scenario, ordinal)
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_step (
    scenario int,
    ordinal int,
    number int,
    answer text,
    wait_s int NOT NULL,
    by_hand boolean NOT NULL,
    is_due boolean NOT NULL,
    is_newest boolean NOT NULL,  -- its outcome is the one that the session shows
    session_from text,
    session_to text,
    PRIMARY KEY (scenario, ordinal, number)
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_incident (
    from_at timestamptz NOT NULL,
    to_at timestamptz NOT NULL,
    scenario int NOT NULL
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_hook (
    name text PRIMARY KEY,
    prefix text NOT NULL
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_operator (
    rank bigint PRIMARY KEY,
    id uuid,
    email text NOT NULL
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_template (
    combo text,
    rank bigint,
    id uuid NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (combo, rank)
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_session (
    n bigint PRIMARY KEY,
    person bigint NOT NULL,
    scenario int NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,  -- when the wizard ended; for a draft, its last answer
    answers int NOT NULL,  -- how many questions have an answer, of seven
    combo text NOT NULL,
    purpose text NOT NULL,
    audience text NOT NULL,
    model text NOT NULL,
    hosting text NOT NULL,
    provider text NOT NULL,
    hook_url text NOT NULL,  -- of the first deploy
    is_default_hook boolean NOT NULL
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_sealed_hook (  -- of each deploy, as `deploys` keeps it
    n bigint,
    ordinal int,
    hook_sealed text NOT NULL,
    hook_key text NOT NULL,
    hook_digest text NOT NULL,
    hook_masked text NOT NULL,
    host text NOT NULL,
    PRIMARY KEY (n, ordinal)
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_person (
    person bigint PRIMARY KEY,
    id uuid NOT NULL,
    email text NOT NULL
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_attempt (
    n bigint,
    ordinal int,
    number int,
    scenario int NOT NULL,
    started_at timestamptz NOT NULL,  -- or when it is due
    ended_at timestamptz,
    duration_ms int
) ON COMMIT DROP;

CREATE TEMPORARY TABLE seed_project (
    n bigint,
    ordinal int,  -- 1: of session n; 2: made elsewhere by the same person
    id uuid NOT NULL,
    person bigint NOT NULL,
    combo text NOT NULL,
    title text NOT NULL,
    created_at timestamptz NOT NULL,
    code_at timestamptz,
    configured_at timestamptz,
    domain_at timestamptz,
    PRIMARY KEY (n, ordinal)
) ON COMMIT DROP;
