-- From format 3 to 4: a run over named URLs finds its own without passing all that others left to do.
CREATE INDEX urls_todo_run ON urls (run_id, host, priority DESC, rank, url_id) WHERE state = 'todo';
