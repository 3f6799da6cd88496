"""Polite and safe unless told otherwise, as Scrapy itself understands the settings."""

from __future__ import annotations

import os

import pytest
from scrapy.core.downloader.handlers import DownloadHandlers
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.settings.default_settings import DOWNLOAD_HANDLERS_BASE

from crawler.spiders.demo import DemoSpider
from crawler.spiders.portals import SPIDERS


@pytest.fixture
def settings() -> Settings:
    found = Settings()
    found.setmodule("crawler.settings", priority="project")
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_MAXSIZE", 16 * 1024 * 1024),
        ("DOWNLOAD_TIMEOUT", 30),
        ("REDIRECT_ENABLED", True),
        ("REDIRECT_MAX_TIMES", 8),
        ("METAREFRESH_ENABLED", False),
        ("COOKIES_ENABLED", False),
        ("ROBOTSTXT_OBEY", True),
        ("ROBOTSTXT_USER_AGENT", "Kliping"),
        ("KLIPING_PACE", 1.0),
        ("KLIPING_CONTACT", ""),
        ("HTTPPROXY_ENABLED", True),
        ("COMPRESSION_ENABLED", False),
        ("HTTPCACHE_ENABLED", False),
    ],
)
def test_a_crawl_is_safe_by_default(settings: Settings, name: str, value: object) -> None:
    assert settings[name] == value


def test_answers_are_asked_for_as_gzip_or_plain(settings: Settings) -> None:
    assert settings.getdict("DEFAULT_REQUEST_HEADERS")["Accept-Encoding"] == "gzip"


def test_all_hosts_of_a_network_together_have_a_pace(settings: Settings) -> None:
    assert settings.getfloat("KLIPING_NETWORK_PACE") > 0


def test_the_user_agent_is_honest(settings: Settings) -> None:
    assert "Kliping/" in settings["USER_AGENT"]
    assert "Chrome" not in settings["USER_AGENT"]


def test_only_http_and_https_are_spoken(settings: Settings) -> None:
    crawler = Crawler(DemoSpider, settings)
    handlers = DownloadHandlers(crawler)
    assert set(DOWNLOAD_HANDLERS_BASE) > {"http", "https"}
    assert set(handlers._schemes) == {"http", "https"}


def test_only_the_demo_portal_on_this_machine_is_crawled_without_a_pace() -> None:
    assert DemoSpider.custom_settings == {
        "KLIPING_PACE": 0,
        "KLIPING_NETWORK_PACE": 0,
        "KLIPING_FIRST_REST": 0.2,
    }
    assert all(host.name.endswith(".localhost") for portal in DemoSpider.portals() for host in portal.hosts)
    assert [name for name, spider in SPIDERS.items() if spider.custom_settings] == []


def test_the_proxies_of_the_environment_are_not_written_down(settings: Settings) -> None:
    assert not [name for name in settings if "PROXY" in name and settings[name] in set(os.environ.values())]
