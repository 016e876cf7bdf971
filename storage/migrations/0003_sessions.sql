-- Login. Neither table holds anything that lets its reader log in: a session's token is kept as its SHA-256,
-- a challenge is worthless without the party's private key.
CREATE TABLE login_challenges (
    nonce bytea PRIMARY KEY,
    credential text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_challenges_expires_at ON login_challenges (expires_at);

CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    party text NOT NULL,
    credential text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_credential ON sessions (credential);
