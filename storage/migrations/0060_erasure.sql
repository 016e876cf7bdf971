-- Personal data removed on a lawful order (个人信息保护法 47). The one change that the log admits: an event of which
-- another event of the log, later than it, says that it was erased and what is left. Its salt goes with the data, so
-- that nobody can try what its leaf commits to; leaf, tree and all proofs stay.
--
-- The right to do so is a role of its own, which the program takes for this and for nothing else.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bidding_eraser') THEN
        CREATE ROLE bidding_eraser NOLOGIN;
    END IF;
    GRANT bidding_eraser TO CURRENT_USER;
EXCEPTION
    WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN
        NULL;  -- another database of this server did it at the same moment, or we may not
END $$;

-- `bidding.erasing` is the position of the event that says so while a function below is at work. Who sets it by hand
-- gains nothing: each row is still held to that event.
CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND coalesce(current_setting('bidding.erasing', true), '') <> '' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

-- `left`: hex SHA-256 of state ‖ 0 ‖ metadata as they then stand (bidding/domain/registration/erasure.py).
CREATE FUNCTION refuse_unordered_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text := format('{"event":"%s","left":"%s"}', OLD.event_id,
                        encode(sha256(NEW.state || '\x00'::bytea || NEW.metadata), 'hex'));
BEGIN
    IF ROW(NEW.position, NEW.feed_position, NEW.event_id, NEW.stream, NEW.version, NEW.topic, NEW.recorded_at)
           IS DISTINCT FROM
       ROW(OLD.position, OLD.feed_position, OLD.event_id, OLD.stream, OLD.version, OLD.topic, OLD.recorded_at)
       OR octet_length(NEW.salt) > 0
       OR OLD.position > (SELECT position FROM log_head)  -- its leaf has yet to be made of what is erased
       OR NOT EXISTS (
           SELECT FROM events AS erasing
           WHERE erasing.position = current_setting('bidding.erasing')::bigint
             AND erasing.position > OLD.position
             AND erasing.topic = 'party.personal-data-erased.v1'
             AND position(convert_to(told, 'UTF8') IN erasing.state) > 0)
    THEN
        RAISE EXCEPTION 'no event of the log says that event % was so erased', OLD.position
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- The stored answer to a request that was about the party: it described the party, with what is erased now.
CREATE FUNCTION refuse_unordered_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.scope, NEW.key, NEW.request_hash, NEW.first_position, NEW.events, NEW.recorded_at)
           IS DISTINCT FROM
       ROW(OLD.scope, OLD.key, OLD.request_hash, OLD.first_position, OLD.events, OLD.recorded_at)
       OR NEW.answer <> '{"erased":true}'::bytea
       OR NOT EXISTS (
           SELECT FROM events AS erasing JOIN events AS about USING (stream)
           WHERE erasing.position = current_setting('bidding.erasing')::bigint
             AND erasing.topic = 'party.personal-data-erased.v1'
             AND about.position >= OLD.first_position AND about.position < OLD.first_position + OLD.events)
    THEN
        RAISE EXCEPTION 'no event of the log says that this answer is to be forgotten'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER events_append_only ON events;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_but_erasure();
ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only;
CREATE TRIGGER events_erased_on_order BEFORE UPDATE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_unordered_erasure();
ALTER TABLE events ENABLE ALWAYS TRIGGER events_erased_on_order;
DROP TRIGGER idempotency_append_only ON idempotency;
CREATE TRIGGER idempotency_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON idempotency
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_but_erasure();
ALTER TABLE idempotency ENABLE ALWAYS TRIGGER idempotency_append_only;
CREATE TRIGGER idempotency_forgotten_on_order BEFORE UPDATE ON idempotency
    FOR EACH ROW EXECUTE FUNCTION refuse_unordered_forgetting();
ALTER TABLE idempotency ENABLE ALWAYS TRIGGER idempotency_forgotten_on_order;

-- Leaves of the events at `places` what the event at `erasing` says, and forgets the answers about its stream. Done
-- already: done again, with no effect. False, and nothing: a leaf is still to be made of one of them.
CREATE FUNCTION erase_personal_data(erasing bigint, places bigint[], states bytea[], metadatas bytea[])
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(places) AS one (place), log_head WHERE one.place > log_head.position) THEN
        RETURN false;
    END IF;
    PERFORM set_config('bidding.erasing', erasing::text, true);
    UPDATE events SET state = one.state, metadata = one.metadata, salt = ''
    FROM unnest(places, states, metadatas) AS one (place, state, metadata)
    WHERE events.position = one.place
      AND (octet_length(events.salt) > 0 OR (events.state, events.metadata) <> (one.state, one.metadata));
    UPDATE idempotency SET answer = '{"erased":true}'
    WHERE answer <> '{"erased":true}'::bytea AND EXISTS (
        SELECT FROM events AS about
        WHERE about.stream = (SELECT stream FROM events WHERE position = erasing)
          AND about.position < erasing
          AND about.position >= first_position AND about.position < first_position + idempotency.events);
    PERFORM set_config('bidding.erasing', '', true);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION erase_personal_data FROM PUBLIC;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bidding_eraser') THEN
        RAISE WARNING 'role bidding_eraser is missing: create it, grant it to the login, and EXECUTE on '
                      'erase_personal_data to it; until then nothing is erased';
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO bidding_eraser', current_schema());
    GRANT EXECUTE ON FUNCTION erase_personal_data TO bidding_eraser;
END $$;
