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
    component       INTEGER NOT NULL,  -- articles that may be copies of one another, directly or not
    near            INTEGER NOT NULL,  -- the article that names the cluster of near-duplicates
    story           INTEGER NOT NULL,
    near_size       INTEGER NOT NULL DEFAULT 1,
    story_size      INTEGER NOT NULL DEFAULT 1,
    first_publisher TEXT
) STRICT;
CREATE INDEX articles_component ON articles (component);
CREATE INDEX articles_story ON articles (story);

CREATE TABLE texts (
    id     INTEGER PRIMARY KEY,
    words  BLOB NOT NULL,              -- zlib, UTF-8: the headline's words, a line feed, the text's
    names  TEXT NOT NULL               -- JSON object: what refers to it and to what it refers, as in Facts
) STRICT;

CREATE TABLE sketches (                -- of texts that are not short
    id     INTEGER PRIMARY KEY,
    sketch BLOB NOT NULL               -- 192 bytes; corpora/likeness.py
) STRICT;

-- What articles may have in common. `kind`: 0, a band of the text's sketch; 1, an address or the same text;
-- 2, the headline; 3, the headline of an article that this one says it was taken from.
CREATE TABLE keys (
    key     INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (key, kind, article)
) STRICT, WITHOUT ROWID;

CREATE TABLE incoming (                -- keys of articles that were read, not in `keys` yet
    key     INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    article INTEGER NOT NULL
) STRICT;

CREATE TABLE shared_bands (            -- those of an article that other articles have, too
    article INTEGER NOT NULL,
    band    INTEGER NOT NULL,
    PRIMARY KEY (article, band)
) STRICT, WITHOUT ROWID;

CREATE TABLE components (
    component INTEGER PRIMARY KEY,
    size      INTEGER NOT NULL,
    dirty     INTEGER NOT NULL
) STRICT;
CREATE INDEX components_dirty ON components (component) WHERE dirty;
