-- From format 3 to 4: the coverage ledger, and when a failed URL is tried again.
ALTER TABLE urls ADD COLUMN next_try TEXT;
ALTER TABLE urls ADD COLUMN walk_id INTEGER;
CREATE INDEX urls_walk ON urls (walk_id, page) WHERE walk_id IS NOT NULL;
CREATE TABLE walks (
    walk_id    INTEGER PRIMARY KEY,
    portal     TEXT NOT NULL,
    host       TEXT NOT NULL,
    section    TEXT NOT NULL,
    day        TEXT NOT NULL,
    ends       TEXT NOT NULL,
    asked_in   INTEGER,
    begun      TEXT,
    at_page    INTEGER NOT NULL DEFAULT 0,
    round      INTEGER NOT NULL DEFAULT 0,
    fault      TEXT,
    read_begun TEXT,
    read_ended TEXT,
    read_in    INTEGER,
    pages      INTEGER NOT NULL DEFAULT 0,
    links      INTEGER NOT NULL DEFAULT 0,
    UNIQUE (host, section, day)
) STRICT;
CREATE TABLE listed (
    walk_id      INTEGER NOT NULL REFERENCES walks,
    url_id       INTEGER NOT NULL REFERENCES urls,
    source       TEXT NOT NULL,
    first_listed TEXT NOT NULL,
    last_listed  TEXT NOT NULL,
    PRIMARY KEY (walk_id, url_id, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX listed_url ON listed (url_id);
-- The robots.txt in force at a capture is looked up for its sidecar.
CREATE INDEX captures_robots ON captures (coalesce(via, url), fetched_at)
    WHERE substr(coalesce(via, url), -11) = '/robots.txt';
-- Since when a URL is gone.
ALTER TABLE urls ADD COLUMN gone_at TEXT;
UPDATE urls SET gone_at = (SELECT fetched_at FROM captures c WHERE c.capture_id = urls.capture_id)
    WHERE state = 'gone';
CREATE INDEX urls_gone ON urls (host) WHERE gone_at IS NOT NULL;
CREATE INDEX version_pages_capture ON version_pages (capture_id);
-- Captures that were taken from a web archive.
ALTER TABLE captures ADD COLUMN origin TEXT;
-- A run over named URLs finds its own without passing all that others left to do.
CREATE INDEX urls_todo_run ON urls (run_id, host, priority DESC, rank, url_id) WHERE state = 'todo';
