"""What the portals declare."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from extractors.errors import UnknownHostError
from extractors.portals import all_portals, portal_of

TRIBUN, SERAMBI, DEMO = (all_portals()[name] for name in ("tribun", "serambi", "demo"))


def test_a_host_belongs_to_one_portal() -> None:
    names = [host.name for portal in all_portals().values() for host in portal.hosts]
    assert len(names) == len(set(names))


def test_aceh_and_its_old_domain_are_serambi() -> None:
    for host in ("aceh.tribunnews.com", "serambinews.com", "www.serambinews.com"):
        assert portal_of(f"https://{host}/") is SERAMBI
    assert TRIBUN.host("aceh.tribunnews.com") is None


def test_the_network_has_its_hosts_and_no_service() -> None:
    assert TRIBUN.host("WWW.tribunnews.com:443") is not None
    for service in ("account", "api"):
        assert portal_of(f"https://{service}.tribunnews.com/") is None


@pytest.mark.parametrize(
    ("label", "zone"),
    [
        ("medan", "Asia/Jakarta"),
        ("makassar", "Asia/Makassar"),
        ("ambon", "Asia/Jayapura"),
        ("www", "Asia/Jakarta"),
        ("kalteng", "Asia/Jakarta"),
        ("kaltim", "Asia/Makassar"),
        ("sorong", "Asia/Jayapura"),
        ("bali", "Asia/Makassar"),
    ],
)
def test_a_host_keeps_the_time_of_its_province(label: str, zone: str) -> None:
    assert TRIBUN.find_hosts([label])[0].zone == zone


def test_hosts_are_found_by_short_and_by_full_name_once() -> None:
    found = TRIBUN.find_hosts(["medan", "medan.tribunnews.com", "Jogja"])
    assert [host.name for host in found] == ["medan.tribunnews.com", "jogja.tribunnews.com"]


def test_a_misspelt_host_is_refused_with_the_closest_right_ones() -> None:
    with pytest.raises(UnknownHostError, match=r"'acehh'.*aceh"):
        SERAMBI.find_hosts(["acehh"])
    with pytest.raises(UnknownHostError, match=r"kliping portals"):
        TRIBUN.find_hosts(["zzzzzzzz"])


def test_index_addresses_carry_day_section_and_page() -> None:
    medan = TRIBUN.find_hosts(["medan"])[0]
    assert (
        TRIBUN.index_url(medan, date(2022, 7, 3)) == "https://medan.tribunnews.com/index-news?date=2022-7-3"
    )
    third = TRIBUN.index_url(medan, date(2022, 7, 3), section="sport", page=3)
    assert third == "https://medan.tribunnews.com/index-news/sport?date=2022-7-3&page=3"


def test_mirrors_and_former_domains_have_no_lists() -> None:
    mobile, former = TRIBUN.find_hosts(["m.tribunnews.com"])[0], SERAMBI.find_hosts(["serambinews.com"])[0]
    assert TRIBUN.index_url(mobile, date(2022, 7, 3)) is None
    assert not former.has_lists


def test_kaltara_names_its_sitemaps_with_underscores() -> None:
    kaltara, medan = TRIBUN.find_hosts(["kaltara", "medan"])
    assert TRIBUN.sitemap_urls(kaltara)[0] == "https://kaltara.tribunnews.com/sitemap_news.xml"
    assert TRIBUN.sitemap_urls(medan) == ("https://medan.tribunnews.com/sitemap.xml",)


def test_page_addresses() -> None:
    assert [TRIBUN.page_url("https://x/y", number) for number in (1, 2, 0)] == [
        "https://x/y",
        "https://x/y?page=2",
        "https://x/y?page=all",
    ]


def test_the_demo_portal_is_served_without_encryption() -> None:
    assert [host.zone for host in DEMO.hosts] == ["Asia/Jakarta", "Asia/Makassar"]
    assert DEMO.feed_urls(DEMO.hosts[0]) == ("http://pesisir.kabarnusa.localhost/rss",)


def test_rules_stand_newest_first_and_cover_every_day_of_the_index() -> None:
    for portal in (TRIBUN, SERAMBI, DEMO):
        days = [rule.valid_from for rule in portal.rules]
        assert days == sorted(days, reverse=True)
        assert days[-1] <= date(2011, 7, 29)


def test_importing_the_portals_loads_neither_trafilatura_nor_scrapy() -> None:
    program = (
        "import sys, extractors.portals, extractors.extract, extractors.lists, extractors.stitch\n"
        "assert extractors.portals.all_portals()\n"
        "print(sorted({'trafilatura', 'scrapy', 'twisted', 'archives', 'crawler'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
