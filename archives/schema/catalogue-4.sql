-- From format 3 to 4.
-- The robots.txt in force at a capture is looked up for its sidecar.
CREATE INDEX captures_robots ON captures (coalesce(via, url), fetched_at)
    WHERE substr(coalesce(via, url), -11) = '/robots.txt';
