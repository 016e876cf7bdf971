-- Resumable uploads: what has arrived, and who is writing. Bytes lie in the object store.
-- Ids are random (192 bits): nothing here counts, orders or names other bidders to a client.

CREATE TABLE uploads (
    id           text        PRIMARY KEY,
    owner        text        NOT NULL,                 -- party id
    purpose      text        NOT NULL,
    subject      text        NOT NULL,
    metadata     text        NOT NULL,                 -- the Upload-Metadata header, as sent
    object_key   text        NOT NULL UNIQUE,
    token        text        NOT NULL,                 -- the object store's name of the multipart upload
    length       bigint      NOT NULL CHECK (length > 0),
    received     bigint      NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND length),  -- durable bytes
    state        text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'complete', 'aborted')),
    expires_at   timestamptz NOT NULL,
    completed_at timestamptz CHECK ((completed_at IS NOT NULL) = (state = 'complete')),
    -- One writer at a time, without holding a connection: the holder renews, a dead holder's lease runs out.
    lease_holder text,
    lease_until  timestamptz
);

CREATE INDEX uploads_expiring ON uploads (expires_at) WHERE state <> 'complete';

CREATE TABLE upload_parts (
    upload text    NOT NULL REFERENCES uploads ON DELETE CASCADE,
    number integer NOT NULL CHECK (number BETWEEN 1 AND 10000),
    sha256 bytea   NOT NULL CHECK (octet_length(sha256) = 32),
    tag    text    NOT NULL,
    PRIMARY KEY (upload, number)
);

-- The unfinished part: what requests that ended between part boundaries left, in order, until the part is whole.
CREATE TABLE upload_fragments (
    upload     text    NOT NULL REFERENCES uploads ON DELETE CASCADE,
    start      bigint  NOT NULL,
    length     integer NOT NULL CHECK (length > 0),
    object_key text    NOT NULL,
    PRIMARY KEY (upload, start)
);
