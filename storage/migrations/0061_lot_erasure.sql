-- Personal data in a lot's events go on the same terms as those of the register (0060): an event of the lot's own stream
-- says what is left of each. Of stored answers only those to requests that made one of these events are forgotten.
CREATE OR REPLACE FUNCTION refuse_unordered_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
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
             AND (erasing.topic = 'party.personal-data-erased.v1'
                  OR (erasing.topic = 'lot.personal-data-erased.v1' AND erasing.stream = OLD.stream))
             AND position(convert_to(told, 'UTF8') IN erasing.state) > 0)
    THEN
        RAISE EXCEPTION 'no event of the log says that event % was so erased', OLD.position
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION refuse_unordered_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.scope, NEW.key, NEW.request_hash, NEW.first_position, NEW.events, NEW.recorded_at)
           IS DISTINCT FROM
       ROW(OLD.scope, OLD.key, OLD.request_hash, OLD.first_position, OLD.events, OLD.recorded_at)
       OR NEW.answer <> '{"erased":true}'::bytea
       OR NOT EXISTS (
           SELECT FROM events AS erasing JOIN events AS about USING (stream)
           WHERE erasing.position = current_setting('bidding.erasing')::bigint
             AND about.position >= OLD.first_position AND about.position < OLD.first_position + OLD.events
             AND (erasing.topic = 'party.personal-data-erased.v1'
                  OR (erasing.topic = 'lot.personal-data-erased.v1' AND octet_length(about.salt) = 0)))
    THEN
        RAISE EXCEPTION 'no event of the log says that this answer is to be forgotten'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION erase_personal_data(erasing bigint, places bigint[], states bytea[], metadatas bytea[])
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    of_lot boolean := (SELECT topic = 'lot.personal-data-erased.v1' FROM events WHERE position = erasing);
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
          AND (NOT of_lot OR about.position = ANY (places))
          AND about.position >= first_position AND about.position < first_position + idempotency.events);
    PERFORM set_config('bidding.erasing', '', true);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION erase_personal_data FROM PUBLIC;
