"""A small invented newsroom with its web server: what `kliping demo`, the tests and the benchmarks crawl.

Only the standard library is used here, so that the server starts at once and needs nothing of ours.
"""
