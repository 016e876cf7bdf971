-- Challenges shown by a PC for a phone to confirm. Nobody signs in with what stands here: the phone's key is its own,
-- and of the PC's secret only the SHA-256 is kept. `doc` is replaced whole, by whoever read the one before it.
CREATE TABLE scans (
    challenge bytea PRIMARY KEY CHECK (octet_length(challenge) = 32),
    holder bytea NOT NULL CHECK (octet_length(holder) = 32),
    address text NOT NULL,
    expires_at timestamptz NOT NULL,
    doc bytea NOT NULL
);
CREATE INDEX scans_expires_at ON scans (expires_at);
CREATE INDEX scans_address ON scans (address);
