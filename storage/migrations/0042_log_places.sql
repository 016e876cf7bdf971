-- Which leaf an event is, a batch in a row: `leaves` are those of the events from position `first` on. A row for each
-- event, with its two indexes, was most of what sequencing cost the database.
CREATE TABLE log_places (
    first bigint PRIMARY KEY CHECK (first > 0),
    leaf bigint NOT NULL CHECK (leaf >= 0),
    leaves bigint[] NOT NULL,
    CONSTRAINT log_places_leaf UNIQUE (leaf),
    CHECK (leaves[1] = leaf)
);
INSERT INTO log_places (first, leaf, leaves) SELECT position, leaf, ARRAY[leaf] FROM log_leaves;
DROP TABLE log_leaves;
CREATE TRIGGER log_places_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_places
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE log_places ENABLE ALWAYS TRIGGER log_places_append_only;
