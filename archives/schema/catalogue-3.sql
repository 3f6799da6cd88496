-- From format 2 to 3: revisits, conditional requests, sidecars as metadata records.
ALTER TABLE captures ADD COLUMN original_file TEXT;
ALTER TABLE captures ADD COLUMN original_offset INTEGER;
ALTER TABLE captures ADD COLUMN original_length INTEGER;
ALTER TABLE captures ADD COLUMN original_id TEXT;
ALTER TABLE captures ADD COLUMN etag TEXT;
ALTER TABLE captures ADD COLUMN last_modified TEXT;
CREATE INDEX captures_url ON captures (url_id, capture_id);
CREATE INDEX captures_payload ON captures (payload_digest)
    WHERE original_id IS NULL AND status = 200 AND truncated IS NULL;
ALTER TABLE versions ADD COLUMN metadata_file TEXT;
ALTER TABLE versions ADD COLUMN metadata_offset INTEGER;
ALTER TABLE versions ADD COLUMN metadata_id TEXT;
