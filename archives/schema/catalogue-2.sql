-- From format 1 to 2.
ALTER TABLE versions ADD COLUMN sidecar_digest TEXT;
