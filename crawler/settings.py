"""Settings of every crawl: polite and safe by default.

`kliping crawl PORTAL -s NAME=VALUE` overrides any of them for one run.
"""

from __future__ import annotations

from crawler.version import VERSION

BOT_NAME = "kliping"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.commands"

# --- ours ---------------------------------------------------------------------------------------------
KLIPING_COLLECTION = "collection"  # folder; also --collection DIR
KLIPING_CONTACT = ""  # URL or mail address; required for any host that is not loopback
KLIPING_OPERATOR = ""  # who keeps the collection; goes into collection.json and warcinfo
KLIPING_PACE = 1.0  # seconds between two requests to one host; 0 turns pacing off
KLIPING_NETWORK_PACE = 0.3  # the same for all hosts of one portal group together
KLIPING_FIRST_REST = 5.0  # seconds that a host rests after a 429 or 503 that names no time; doubles
KLIPING_MAX_REST = 600.0  # a host that wants to rest for longer is left alone for this run
KLIPING_MAX_WALLS = 5  # 403 answers and CAPTCHA pages in a row after which a host is left alone
KLIPING_MAX_FAILURES = 10  # addresses of a host that fail in a row after which it is left alone
KLIPING_MAX_CRAWL_DELAY = 30.0  # a Crawl-delay of robots.txt is followed up to this
KLIPING_ROBOTS_REFRESH = 12 * 3600.0  # seconds after which a long run reads robots.txt anew; a day at most
KLIPING_LATENCY_FACTOR = 1.0  # a host is left in peace this many times as long as its answers take
KLIPING_ALLOW_PRIVATE = ""  # hosts that may stand for private addresses, with commas between them
KLIPING_RECHECK = "1h,6h,1d,7d"  # ages at which a kept article is read again, to notice corrections
KLIPING_WORKERS = 2  # processes that read pages
KLIPING_PAGE_SECONDS = 20.0  # a page that takes longer to read is given up and named
KLIPING_WARC_BYTES = 1 << 30  # a WARC file that has reached this size is closed
KLIPING_MAX_RUNTIME = (
    ""  # a run ends in good order after that time: seconds, or 45m, 2h, 1d; also --max-runtime
)
KLIPING_MAX_REQUESTS = ""  # a run ends in good order after so many requests; also --max-requests
KLIPING_METRICS = ""  # a file for Prometheus that each run writes at its end; also --metrics FILE
KLIPING_QUIET = False  # say nothing unless something is wrong; also --quiet
KLIPING_CDX = "https://web.archive.org/cdx/search/cdx"  # asked by -a source=wayback; any CDX server
KLIPING_REPLAY = ""  # address before which its captures stand; empty: follows from KLIPING_CDX
KLIPING_CC_INDEX = ""  # index servers asked by -a source=commoncrawl, with commas between them
KLIPING_CC_DATA = "https://data.commoncrawl.org/"  # where the files stand that they name
KLIPING_CAPTURES = 5  # captures of one page that are fetched from a web archive at most
KLIPING_DEMO_ARTICLES = 60  # how many articles the demo portal has
KLIPING_DEMO_ROUTE = ""  # address of a demo portal that is served already; empty: the crawl starts one

# --- a good guest -------------------------------------------------------------------------------------
# Browser-shaped, because the network's CDN answers 403 to bare library names; product and contact are
# added where the contact is known (crawler.politeness).
USER_AGENT = f"Mozilla/5.0 (compatible; Kliping/{VERSION})"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Kliping"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "id,en;q=0.5",
    "Accept-Encoding": "gzip",  # replay tools cannot replay zstd, and warcio cannot read br
}
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 8
DOWNLOAD_DELAY = 0  # crawler.middlewares.pace keeps the pace, per host and per network

# --- safe ---------------------------------------------------------------------------------------------
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {
    "http": "crawler.heads.BoundedHandler",
    "https": "crawler.tls.ListeningHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_MAXSIZE = 16 << 20
DOWNLOAD_WARNSIZE = 8 << 20
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_FAIL_ON_DATALOSS = False  # a cut body is archived as cut, then asked for again
REDIRECT_MAX_TIMES = 8
METAREFRESH_ENABLED = False  # the portals refresh their articles every 900 s; that is no redirect
COOKIES_ENABLED = False
COMPRESSION_ENABLED = False  # bodies stay as sent; workers decode them, within limits
RETRY_TIMES = 2
RETRY_HTTP_CODES = [408, 500, 502, 504, 522, 524]  # 429 and 503 are asked again when the host has rested
RETRY_GIVE_UP_LOG_LEVEL = "WARNING"  # it is in the ledger; an error is seen in quiet runs that went well, too

# --- one road -----------------------------------------------------------------------------------------
SCHEDULER = "crawler.scheduler.LedgerScheduler"
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the ledger knows what was asked for
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # drops redirects without a word
    "crawler.middlewares.removed.RemovedMiddleware": 40,
    "crawler.middlewares.scope.ScopeMiddleware": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # crawls on when it cannot be read
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # no portal asks for a password
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,  # writes each message again to count it
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.truncated.RetryTruncatedMiddleware": 560,
    "crawler.middlewares.whole.WholeArticleMiddleware": 570,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.redirects.WebRedirectMiddleware": 600,
    "crawler.middlewares.route.RouteMiddleware": 740,
    "crawler.middlewares.pace.PaceMiddleware": 940,
    "crawler.middlewares.allowance.AllowanceMiddleware": 942,
    "crawler.middlewares.limits.LimitsMiddleware": 945,
    "crawler.middlewares.archive.ArchiveMiddleware": 950,
}
# In place of Scrapy's own lists, where what is switched off by None is loaded all the same; that took longer
# than the rest of Scrapy's start. Left out is what is made for items or for a way in from outside.
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.logstats.LogStats": 0,
}
EXTENSIONS = {"crawler.extensions.progress.Progress": 500}
# Callbacks hand every answer to the desk and give back nothing that others could look at. That for the
# Referer is asked by redirects.
SPIDER_MIDDLEWARES_BASE = {"scrapy.spidermiddlewares.referer.RefererMiddleware": 700}
CONCURRENT_ITEMS = 1  # callbacks give no items, and Scrapy starts as many tasks for each answer

TWISTED_DNS_RESOLVER = "crawler.resolver.JudgingResolver"  # names of private addresses are not found
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
# The plain event loop: uvloop does not notice a connection that is reset while it waits for bytes.
LOG_LEVEL = "INFO"
LOG_SHORT_NAMES = True
STATS_DUMP = False
