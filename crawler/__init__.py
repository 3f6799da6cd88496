"""Scrapy joins extraction and archive here; the only package that imports Scrapy."""
