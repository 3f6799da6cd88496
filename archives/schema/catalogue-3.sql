-- From format 2 to 3: revisits and conditional requests.
ALTER TABLE captures ADD COLUMN original_file TEXT;
ALTER TABLE captures ADD COLUMN original_offset INTEGER;
ALTER TABLE captures ADD COLUMN original_length INTEGER;
ALTER TABLE captures ADD COLUMN original_id TEXT;
ALTER TABLE captures ADD COLUMN etag TEXT;
ALTER TABLE captures ADD COLUMN last_modified TEXT;
CREATE INDEX captures_url ON captures (url_id, capture_id);
CREATE INDEX captures_payload ON captures (payload_digest)
    WHERE original_id IS NULL AND status = 200 AND truncated IS NULL;
