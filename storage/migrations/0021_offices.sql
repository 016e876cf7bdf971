-- Whose lots are whose: host and tenderer of every lot, from its filing on.
CREATE TABLE lot_offices (
    party text COLLATE "C" NOT NULL,
    lot_id text COLLATE "C" NOT NULL,
    filed_at timestamptz NOT NULL,
    PRIMARY KEY (party, lot_id)
);
CREATE INDEX lot_offices_newest ON lot_offices (party, filed_at DESC, lot_id DESC);
CREATE INDEX lot_offices_lot ON lot_offices (lot_id);

-- Lots that were projected before are projected once more.
DELETE FROM tracking WHERE name = 'lots';
