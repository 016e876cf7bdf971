-- Lists of what does not hang on one lot: parties, credit records, contracts under performance. A projection's rows,
-- one of each subject and period, made anew from the log at will.
CREATE TABLE list_entries (
    list text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    period integer NOT NULL,
    place bigint NOT NULL,
    owner text COLLATE "C" NOT NULL,
    tags text[] COLLATE "C" NOT NULL,
    text text NOT NULL,
    doc bytea NOT NULL,
    PRIMARY KEY (list, subject, period)
);
-- Newest subject first; its place is the position of its first event, which no later one changes.
CREATE INDEX list_entries_place ON list_entries (list, place DESC);
CREATE INDEX list_entries_owner ON list_entries (list, owner, place DESC);
CREATE INDEX list_entries_tags ON list_entries USING gin (tags);
