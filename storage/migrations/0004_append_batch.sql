-- A batch of commits in one round trip, for `storage.batch`, which says what it is for.
--
-- The positions of a commit follow each other, so an answer remembers the first and how many, not lists: feed
-- positions stand with the events. (The rewrite of a table is no UPDATE: the trigger does not see it.)
ALTER TABLE idempotency ALTER COLUMN positions TYPE bigint USING coalesce(positions[1], 0);
ALTER TABLE idempotency ALTER COLUMN feed_positions TYPE integer USING cardinality(feed_positions);
ALTER TABLE idempotency RENAME COLUMN positions TO first_position;
ALTER TABLE idempotency RENAME COLUMN feed_positions TO events;

-- Appends everything and returns where the head stood before; or appends nothing and returns NULLs, if one of
-- `streams` is not at its version of `expected` or one of `keys` is taken.
-- `feed` numbers the public events of the batch from 1 (NULL: not public), `firsts` and `counts` say which of
-- its events are those of each answer.
--
-- The head row is locked in a statement of its own, and each statement of a VOLATILE function sees what was
-- committed before that statement began: so the checks see what the writer did for whom the lock had to wait.
-- One probe of an index per stream and key. The generic plan always does that; a plan for these very arrays
-- costs more to make than to carry out, and may on a young table be a scan of the whole.
CREATE FUNCTION append_batch(
    streams text[], expected bigint[],
    event_ids uuid[], event_streams text[], versions bigint[], topics text[], states bytea[], metadatas bytea[],
    salts bytea[], feed integer[], feed_count bigint,
    scopes text[], keys text[], request_hashes bytea[], answers bytea[], firsts integer[], counts integer[],
    OUT base bigint, OUT feed_base bigint, OUT at timestamptz
) LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    head record;
BEGIN
    SELECT position, feed_position, recorded_at INTO STRICT head FROM events_head FOR UPDATE;
    IF EXISTS (
        SELECT FROM unnest(streams, expected) AS asked (stream, version)
        WHERE asked.version <> coalesce((
            SELECT e.version FROM events AS e WHERE e.stream = asked.stream AND e.version >= asked.version
            ORDER BY e.version DESC LIMIT 1), 0)
    ) OR cardinality(keys) > 0 AND EXISTS (
        SELECT FROM unnest(scopes, keys) AS asked (scope, key), LATERAL (
            SELECT FROM idempotency AS i WHERE i.scope = asked.scope AND i.key = asked.key LIMIT 1) AS taken
    ) THEN
        RETURN;
    END IF;
    base := head.position;
    feed_base := head.feed_position;
    -- The clock under the lock; one that was set back does not take recorded_at back.
    at := greatest(clock_timestamp(), head.recorded_at);
    UPDATE events_head SET position = base + cardinality(event_ids),
                           feed_position = feed_base + feed_count,
                           recorded_at = at;
    INSERT INTO events
        (position, feed_position, event_id, stream, version, topic, state, metadata, recorded_at, salt)
    SELECT base + n, feed_base + feed_n, event_id, stream, version, topic, state, metadata, at, salt
    FROM unnest(event_ids, event_streams, versions, topics, states, metadatas, salts, feed)
         WITH ORDINALITY AS e (event_id, stream, version, topic, state, metadata, salt, feed_n, n);
    IF cardinality(keys) > 0 THEN
        INSERT INTO idempotency (scope, key, request_hash, answer, first_position, events, recorded_at)
        SELECT scope, key, request_hash, answer, base + first, count, at
        FROM unnest(scopes, keys, request_hashes, answers, firsts, counts)
             AS k (scope, key, request_hash, answer, first, count);
    END IF;
    IF cardinality(event_ids) > 0 THEN
        PERFORM pg_notify('bidding_events', '');  -- wakes subscriptions at commit; what they read is the table
    END IF;
END $$;
