-- The event log. `position` orders everything: gapless, and in commit order, because it is taken from the one
-- row of events_head whose lock is held until commit. Not a sequence: nextval() order is not commit order, and
-- a reader that has seen 1001 never goes back for the 1000 that commits later. Not LOCK TABLE: it waits behind
-- VACUUM and CREATE INDEX CONCURRENTLY for seconds.
--
-- `feed_position` counts the public events only, gapless too, under the same lock. A spectator must not be
-- shown `position`: having seen 100 and then 120 he would know that 19 secret events (uploads, bids) happened
-- in between, which tells how many bidders there are before the opening (R-GEN-04, R-DOC-03).
CREATE TABLE events (
    position bigint PRIMARY KEY CHECK (position > 0),
    feed_position bigint CHECK (feed_position > 0),
    event_id uuid NOT NULL,
    stream text COLLATE "C" NOT NULL,  -- byte order: a prefix of names is one range of the index
    version bigint NOT NULL CHECK (version > 0),
    topic text NOT NULL,
    state bytea NOT NULL,
    metadata bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    salt bytea NOT NULL,
    CONSTRAINT events_stream_version UNIQUE (stream, version),
    CONSTRAINT events_event_id UNIQUE (event_id)
);
CREATE UNIQUE INDEX events_feed_position ON events (feed_position) WHERE feed_position IS NOT NULL;

CREATE TABLE events_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL DEFAULT 0,
    feed_position bigint NOT NULL DEFAULT 0,
    recorded_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 10);  -- room on the page: the hot row's updates stay HOT
INSERT INTO events_head DEFAULT VALUES;

-- The answer to each request, stored in the transaction of its events.
CREATE TABLE idempotency (
    scope text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    request_hash bytea NOT NULL,
    answer bytea NOT NULL,
    positions bigint[] NOT NULL,
    feed_positions bigint[] NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);

-- How far each projection has come.
CREATE TABLE tracking (
    name text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL
) WITH (fillfactor = 50);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

-- For everybody, the owner and superusers included. ALWAYS: also under session_replication_role = replica.
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only;
CREATE TRIGGER idempotency_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON idempotency
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE idempotency ENABLE ALWAYS TRIGGER idempotency_append_only;
CREATE TRIGGER events_head_kept BEFORE DELETE OR TRUNCATE ON events_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE events_head ENABLE ALWAYS TRIGGER events_head_kept;

CREATE FUNCTION refuse_head_going_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position < OLD.position OR NEW.feed_position < OLD.feed_position OR NEW.recorded_at < OLD.recorded_at
    THEN
        RAISE EXCEPTION 'events_head never goes back' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER events_head_grows BEFORE UPDATE ON events_head
    FOR EACH ROW EXECUTE FUNCTION refuse_head_going_back();
ALTER TABLE events_head ENABLE ALWAYS TRIGGER events_head_grows;
