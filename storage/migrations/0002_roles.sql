-- Two roles: whoever runs the migrations owns the tables; the program works as bidding_app, which may add to
-- the log and read it, never change it. `storage.database` connects with role=bidding_app when the login may.
-- Where the owner may not create roles, an administrator creates bidding_app and grants it beforehand.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bidding_app') THEN
        CREATE ROLE bidding_app NOLOGIN;
    END IF;
    GRANT bidding_app TO CURRENT_USER;
EXCEPTION
    WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN
        NULL;  -- another database of this server did it at the same moment, or we may not
END $$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bidding_app') THEN
        RAISE WARNING 'role bidding_app is missing: the program will work as the owner of its tables';
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO bidding_app', current_schema());
    GRANT SELECT, INSERT ON events, idempotency TO bidding_app;
    GRANT SELECT, UPDATE ON events_head TO bidding_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON tracking TO bidding_app;
    -- Tables of later migrations are ordinary state unless they say otherwise.
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES '
                   'TO bidding_app', current_schema());
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON SEQUENCES TO bidding_app',
                   current_schema());
END $$;
