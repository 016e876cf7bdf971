-- The verifiable log: a Merkle tree over the events, written by its one sequencer after the events are.
-- Nothing here is ever changed: a run of hashes is added behind the last one, so a tile that is still growing is a few
-- rows, not one row written again and again.

-- What each leaf commits to (32 bytes each), from leaf `first` on. A run never crosses a tile of 256 leaves.
CREATE TABLE log_commitments (
    first bigint PRIMARY KEY CHECK (first >= 0),
    hashes bytea NOT NULL CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) > 0),
    CHECK (first % 256 * 32 + octet_length(hashes) <= 8192)
);

-- Tiles of level 1 and above (tlog-tiles); those of level 0 are made from the commitments.
CREATE TABLE log_runs (
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 63),
    first bigint NOT NULL CHECK (first >= 0),
    hashes bytea NOT NULL CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) > 0),
    PRIMARY KEY (level, first),
    CHECK (first % 256 * 32 + octet_length(hashes) <= 8192)
);

-- Which leaf an event is. All others are covers.
CREATE TABLE log_leaves (
    position bigint PRIMARY KEY CHECK (position > 0),
    leaf bigint NOT NULL CHECK (leaf >= 0),
    CONSTRAINT log_leaves_leaf UNIQUE (leaf)
);

-- Checkpoints that took in events. `position`: the last one that is in the tree.
CREATE TABLE log_checkpoints (
    size bigint PRIMARY KEY CHECK (size > 0),
    position bigint NOT NULL,
    beat_at timestamptz NOT NULL,
    note bytea NOT NULL
);

-- How far the tree has come; `note` is the newest checkpoint, NULL before the first.
CREATE TABLE log_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    size bigint NOT NULL DEFAULT 0,
    position bigint NOT NULL DEFAULT 0,
    beat_at timestamptz,
    note bytea
) WITH (fillfactor = 10);
INSERT INTO log_head DEFAULT VALUES;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['log_commitments', 'log_runs', 'log_leaves', 'log_checkpoints'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_append_only', name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_append_only');
    END LOOP;
END $$;
CREATE TRIGGER log_head_kept BEFORE DELETE OR TRUNCATE ON log_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE log_head ENABLE ALWAYS TRIGGER log_head_kept;

CREATE FUNCTION refuse_log_going_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <= OLD.size OR NEW.position < OLD.position THEN
        RAISE EXCEPTION 'log_head never goes back' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_head_grows BEFORE UPDATE ON log_head FOR EACH ROW EXECUTE FUNCTION refuse_log_going_back();
ALTER TABLE log_head ENABLE ALWAYS TRIGGER log_head_grows;
