-- The catalogue of a collection. Everything here can be made again from the WARC files,
-- except what was never answered (URLs to do, failed ones, reasons).
CREATE TABLE IF NOT EXISTS runs (
    run_id    INTEGER PRIMARY KEY,
    portal    TEXT NOT NULL,
    arguments TEXT NOT NULL,          -- JSON object of the spider's arguments
    software  TEXT NOT NULL,
    started   TEXT NOT NULL,          -- UTC, 2026-11-22T01:02:03Z, like every instant here
    ended     TEXT,
    exit_code INTEGER,
    figures   TEXT                    -- JSON object: the run's table
) STRICT;

CREATE TABLE IF NOT EXISTS warc_files (
    name      TEXT PRIMARY KEY,       -- final name, without .open
    committed INTEGER NOT NULL,       -- bytes that count; what lies beyond was never promised
    closed    INTEGER NOT NULL,
    run_id    INTEGER NOT NULL REFERENCES runs
) STRICT;

CREATE TABLE IF NOT EXISTS captures (
    capture_id     INTEGER PRIMARY KEY,
    run_id         INTEGER NOT NULL REFERENCES runs,
    url_id         INTEGER,           -- the URL that was asked for; NULL for robots.txt and the like
    url            TEXT NOT NULL,     -- the address that answered
    fetched_at     TEXT NOT NULL,
    status         INTEGER NOT NULL,
    warc_file      TEXT NOT NULL,
    offset         INTEGER NOT NULL,
    length         INTEGER NOT NULL,
    record_id      TEXT NOT NULL,
    payload_digest TEXT NOT NULL,
    content_type   TEXT,
    truncated      TEXT,
    via            TEXT,
    original_file   TEXT,             -- a revisit's payload stands in this record
    original_offset INTEGER,
    original_length INTEGER,
    original_id     TEXT,
    etag           TEXT,              -- what a later request is made conditional with
    last_modified  TEXT,
    waiting        INTEGER NOT NULL,  -- archived, but nobody has looked at it yet
    origin         TEXT               -- the address in a web archive that it was taken from
) STRICT;
CREATE INDEX IF NOT EXISTS captures_waiting ON captures (capture_id) WHERE waiting;
CREATE INDEX IF NOT EXISTS captures_run ON captures (run_id);
CREATE INDEX IF NOT EXISTS captures_fetched ON captures (fetched_at);
CREATE INDEX IF NOT EXISTS captures_url ON captures (url_id, capture_id);
CREATE INDEX IF NOT EXISTS captures_payload ON captures (payload_digest)
    WHERE original_id IS NULL AND status = 200 AND truncated IS NULL;
CREATE INDEX IF NOT EXISTS captures_robots ON captures (coalesce(via, url), fetched_at)
    WHERE substr(coalesce(via, url), -11) = '/robots.txt';

CREATE TABLE IF NOT EXISTS urls (
    url_id     INTEGER PRIMARY KEY,
    url        TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    portal     TEXT NOT NULL,
    host       TEXT NOT NULL,
    priority   INTEGER NOT NULL,
    rank       INTEGER NOT NULL,
    article    TEXT,                  -- address of the article whose further page this is
    page       INTEGER NOT NULL,
    found_on   TEXT,                  -- the list that offered it
    state      TEXT NOT NULL,
    reason     TEXT,
    tries      INTEGER NOT NULL DEFAULT 0,
    capture_id INTEGER,
    settled_at INTEGER NOT NULL DEFAULT 0,  -- newest capture of the collection when it got its state
    run_id     INTEGER NOT NULL,      -- the last run that touched it
    next_try   TEXT,                  -- a failed URL: when runs without dates try it again; NULL: at once
    walk_id    INTEGER,               -- a page of a daily index: the walk that it belongs to
    gone_at    TEXT                   -- the first answer since its last good one that said it is gone
) STRICT;
CREATE INDEX IF NOT EXISTS urls_todo ON urls (host, priority DESC, rank, url_id) WHERE state = 'todo';
CREATE INDEX IF NOT EXISTS urls_todo_run ON urls (run_id, host, priority DESC, rank, url_id)
    WHERE state = 'todo';
CREATE INDEX IF NOT EXISTS urls_failed ON urls (host) WHERE state = 'failed';
CREATE INDEX IF NOT EXISTS urls_article ON urls (article) WHERE article IS NOT NULL;
CREATE INDEX IF NOT EXISTS urls_run ON urls (run_id);
CREATE INDEX IF NOT EXISTS urls_walk ON urls (walk_id, page) WHERE walk_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS urls_gone ON urls (host) WHERE gone_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS articles (
    article_id INTEGER PRIMARY KEY,
    address    TEXT NOT NULL UNIQUE,  -- canonical address of page 1
    portal     TEXT NOT NULL,
    read_at    INTEGER NOT NULL DEFAULT 0,  -- capture of page 1 that began its last reading
    read_in    INTEGER NOT NULL DEFAULT 0   -- the run of that reading
) STRICT;

CREATE TABLE IF NOT EXISTS versions (
    version_id    INTEGER PRIMARY KEY,
    article_id    INTEGER NOT NULL REFERENCES articles,
    number        INTEGER NOT NULL,
    run_id        INTEGER NOT NULL,   -- the run that began it
    page_count    INTEGER NOT NULL DEFAULT 1,
    settled       INTEGER NOT NULL DEFAULT 0,  -- the sidecar on disk fits the pages
    sidecar       TEXT,               -- path below the collection
    sidecar_digest TEXT,              -- of the file's bytes; NULL where an earlier format wrote it
    content_hash  TEXT,
    headline      TEXT,
    published     TEXT,
    pages_missing TEXT,               -- JSON array of page numbers
    doubtful      INTEGER,
    metadata_file TEXT,               -- the metadata record with these bytes; NULL if made again since
    metadata_offset INTEGER,
    metadata_id   TEXT,
    fault         TEXT,               -- why its sidecar could not be made; tried again by the next run
    UNIQUE (article_id, number)
) STRICT;
CREATE INDEX IF NOT EXISTS versions_unsettled ON versions (version_id) WHERE NOT settled;
CREATE INDEX IF NOT EXISTS versions_run ON versions (run_id);

CREATE TABLE IF NOT EXISTS version_pages (
    version_id     INTEGER NOT NULL REFERENCES versions,
    page           INTEGER NOT NULL,
    capture_id     INTEGER NOT NULL REFERENCES captures,
    content_digest TEXT NOT NULL,
    PRIMARY KEY (version_id, page)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS version_pages_capture ON version_pages (capture_id);

-- The coverage ledger (docs/coverage.md): one row for each day of publication of a host's section.
CREATE TABLE IF NOT EXISTS walks (
    walk_id    INTEGER PRIMARY KEY,
    portal     TEXT NOT NULL,
    host       TEXT NOT NULL,
    section    TEXT NOT NULL,         -- '' is the index of all sections
    day        TEXT NOT NULL,         -- 2026-11-22, where the host is
    ends       TEXT NOT NULL,         -- the instant at which that day is over there
    asked_in   INTEGER,               -- the last run that asked for the day; NULL: other lists tell of it
    begun      TEXT,                  -- when page 1 was read in the newest reading of the index
    at_page    INTEGER NOT NULL DEFAULT 0,  -- the page that this reading needs next; 0: none is under way
    round      INTEGER NOT NULL DEFAULT 0,  -- how often this reading has begun again at page 1
    fault      TEXT,                  -- why the newest reading has not seen the whole index
    read_begun TEXT,                  -- the last reading that came to the end of the index: its first page
    read_ended TEXT,                  -- and its last one
    read_in    INTEGER,               -- and its run
    pages      INTEGER NOT NULL DEFAULT 0,  -- answers in the newest reading
    links      INTEGER NOT NULL DEFAULT 0,  -- articles in the newest reading
    UNIQUE (host, section, day)
) STRICT;

CREATE TABLE IF NOT EXISTS listed (
    walk_id      INTEGER NOT NULL REFERENCES walks,
    url_id       INTEGER NOT NULL REFERENCES urls,
    source       TEXT NOT NULL,       -- index, sitemap or feed
    first_listed TEXT NOT NULL,       -- when such a list that names the URL was read, first and last
    last_listed  TEXT NOT NULL,
    PRIMARY KEY (walk_id, url_id, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS listed_url ON listed (url_id);

PRAGMA user_version = 4;
