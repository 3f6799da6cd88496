"""Bytes and files of a collection: WARC files, sidecars, the catalogue. No Scrapy, no HTML knowledge."""
