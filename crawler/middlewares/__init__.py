"""Downloader middlewares: thin shells around the decisions of the other modules."""
