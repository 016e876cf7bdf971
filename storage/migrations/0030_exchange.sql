-- What is sent to other platforms: media that repeat the notice, and the public service platform. A projection of
-- public events; numbers are given in the log's order, so a rebuild gives the same ones.
CREATE TABLE exchange_items (
    number bigint PRIMARY KEY,
    channel text COLLATE "C" NOT NULL,
    lot_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    stamp text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    UNIQUE (channel, key, stamp)
);
CREATE INDEX exchange_items_channel ON exchange_items (channel, number);

-- The serial of a lot's unified deal code: the how manieth notice of its day it was.
CREATE TABLE exchange_serials (
    lot_id text COLLATE "C" PRIMARY KEY,
    day date NOT NULL,
    serial integer NOT NULL,
    UNIQUE (day, serial)
);

-- Items that a target will not take however often they are sent: looked at by people.
CREATE TABLE exchange_refusals (
    target text COLLATE "C" NOT NULL,
    number bigint NOT NULL REFERENCES exchange_items ON DELETE CASCADE,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (target, number)
);

-- What each medium showed of an item when it was last looked at; `shown` is the hash, '' before the first look.
CREATE TABLE exchange_echoes (
    target text COLLATE "C" NOT NULL,
    number bigint NOT NULL REFERENCES exchange_items ON DELETE CASCADE,
    due_at timestamptz NOT NULL,
    shown text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (target, number)
);
CREATE INDEX exchange_echoes_due ON exchange_echoes (target, due_at, number);
