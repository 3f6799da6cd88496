-- Clusters of copies (docs/duplicates.md). Everything here is made again from the sidecars.
CREATE TABLE made_by (software TEXT NOT NULL) STRICT;

CREATE TABLE articles (
    id              INTEGER PRIMARY KEY,
    address         TEXT NOT NULL UNIQUE,
    mark            TEXT NOT NULL,     -- of the sidecar that was read; another one is read again
    gone            INTEGER NOT NULL DEFAULT 0,
    identifier      TEXT NOT NULL,
    placed          TEXT NOT NULL,     -- published, else first captured; UTC
    captured        TEXT NOT NULL,     -- first captured; UTC
    publisher       TEXT NOT NULL,
    source          TEXT,              -- the outlet that it names as its source
    component       INTEGER NOT NULL,  -- articles that have a key in common, directly or not
    near            INTEGER NOT NULL,  -- the article that names the cluster of near-duplicates
    story           INTEGER NOT NULL,
    near_size       INTEGER NOT NULL DEFAULT 1,
    story_size      INTEGER NOT NULL DEFAULT 1,
    first_publisher TEXT
) STRICT;
CREATE INDEX articles_component ON articles (component);
CREATE INDEX articles_story ON articles (story);

CREATE TABLE texts (
    id    INTEGER PRIMARY KEY,
    words BLOB NOT NULL,               -- zlib, UTF-8: the headline's words, a line feed, the text's
    keys  TEXT NOT NULL                -- JSON object: as in corpora/cluster_facts.py
) STRICT;

CREATE TABLE keys (                    -- the article that brought a key first
    key     INTEGER PRIMARY KEY,
    article INTEGER NOT NULL
) STRICT;

CREATE TABLE titles (                  -- headlines, and (asked) headlines that are named as an origin
    key     INTEGER NOT NULL,
    asked   INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (key, asked, article)
) STRICT, WITHOUT ROWID;

CREATE TABLE components (
    component INTEGER PRIMARY KEY,
    size      INTEGER NOT NULL,
    dirty     INTEGER NOT NULL
) STRICT;
CREATE INDEX components_dirty ON components (component) WHERE dirty;
