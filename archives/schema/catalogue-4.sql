-- From format 3 to 4: captures that were taken from a web archive.
ALTER TABLE captures ADD COLUMN origin TEXT;
