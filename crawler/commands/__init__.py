"""Commands, one module each: `scrapy NAME` inside the project, `kliping NAME` anywhere."""
