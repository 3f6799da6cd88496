"""Scrapy extensions: what runs beside a crawl."""
