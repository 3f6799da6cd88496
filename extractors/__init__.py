"""Pure extraction: bytes and a URL in, values out. No Scrapy, no files, no sockets, no clock."""
