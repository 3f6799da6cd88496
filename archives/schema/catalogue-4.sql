-- From format 3 to 4: since when a URL is gone.
ALTER TABLE urls ADD COLUMN gone_at TEXT;
UPDATE urls SET gone_at = (SELECT fetched_at FROM captures c WHERE c.capture_id = urls.capture_id)
    WHERE state = 'gone';
CREATE INDEX urls_gone ON urls (host) WHERE gone_at IS NOT NULL;
CREATE INDEX version_pages_capture ON version_pages (capture_id);
