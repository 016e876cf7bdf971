-- Read models: projections of events, each row rebuilt from the log at will.

-- Instants at which something is due; fired by the one clock task.
CREATE TABLE timers (
    subject text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (subject, kind)
);
CREATE INDEX timers_due_at ON timers (due_at, subject, kind);

-- What lists show and filter by; `doc` is the row as JSON for its reader.
CREATE TABLE lots (
    lot_id text COLLATE "C" PRIMARY KEY,
    project_id text COLLATE "C" NOT NULL,
    title text NOT NULL,
    category text COLLATE "C" NOT NULL,
    regime text COLLATE "C" NOT NULL,
    mode text COLLATE "C" NOT NULL CHECK (mode IN ('live', 'test')),
    phase text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    deadline timestamptz,
    opening_at timestamptz,
    noticed_at timestamptz,
    tenderer text COLLATE "C" NOT NULL,
    agency text COLLATE "C",
    updated_feed_position bigint NOT NULL,
    doc bytea NOT NULL,
    -- Newest notice first, what has none yet before all; fixed once noticed, so pages do not shift.
    listed_at timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(noticed_at, 'infinity'::timestamptz)) STORED
);
CREATE INDEX lots_listed ON lots (mode, listed_at DESC, lot_id DESC);
CREATE INDEX lots_phase ON lots (mode, phase, listed_at DESC, lot_id DESC);
CREATE INDEX lots_project ON lots (project_id);
CREATE INDEX lots_tenderer ON lots (tenderer, listed_at DESC, lot_id DESC);
CREATE INDEX lots_agency ON lots (agency, listed_at DESC, lot_id DESC);

-- Values that name one party only: USCC, credential.
CREATE TABLE party_claims (
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, value)
);
CREATE INDEX party_claims_party ON party_claims (party);
