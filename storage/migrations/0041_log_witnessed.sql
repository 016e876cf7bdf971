-- The newest checkpoint that enough witnesses have cosigned: where there are witnesses, it is the one that is published.
CREATE TABLE log_witnessed (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    size bigint NOT NULL DEFAULT 0,
    note bytea
) WITH (fillfactor = 10);
INSERT INTO log_witnessed DEFAULT VALUES;

CREATE TRIGGER log_witnessed_kept BEFORE DELETE OR TRUNCATE ON log_witnessed
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE log_witnessed ENABLE ALWAYS TRIGGER log_witnessed_kept;

CREATE FUNCTION refuse_witnessed_going_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size < OLD.size THEN
        RAISE EXCEPTION 'log_witnessed never goes back' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_witnessed_grows BEFORE UPDATE ON log_witnessed
    FOR EACH ROW EXECUTE FUNCTION refuse_witnessed_going_back();
ALTER TABLE log_witnessed ENABLE ALWAYS TRIGGER log_witnessed_grows;
