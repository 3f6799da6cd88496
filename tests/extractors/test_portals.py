"""What the portals declare."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from extractors.addresses import identify
from extractors.errors import UnknownHostError
from extractors.portal import Index, Paging, Portal, Sample
from extractors.portals import all_portals, portal_of

TRIBUN, SERAMBI, DEMO = (all_portals()[name] for name in ("tribun", "serambi", "demo"))


def test_a_host_belongs_to_one_portal() -> None:
    names = [host.name for portal in all_portals().values() for host in portal.hosts]
    assert len(names) == len(set(names))


SAMPLES = [(portal, sample) for portal in all_portals().values() for sample in portal.samples]


@pytest.mark.parametrize(("portal", "sample"), SAMPLES, ids=[sample.url for _, sample in SAMPLES])
def test_every_sample_address_is_what_its_portal_says(portal: Portal, sample: Sample) -> None:
    found = identify(sample.url)
    if sample.article is None:
        assert found is None
    else:
        assert found is not None
        assert (found.portal, found.url, found.page, found.amp) == (
            portal.name,
            sample.article,
            sample.page,
            sample.amp,
        )


@pytest.mark.parametrize("portal", [portal for portal in all_portals().values() if portal.name != "demo"])
def test_every_portal_has_samples_of_articles_and_of_what_is_none(portal: Portal) -> None:
    assert {sample.article is None for sample in portal.samples} == {True, False}


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


def test_the_parameter_of_the_pages_and_of_the_whole_article_are_declared() -> None:
    paging = Paging(parameter="hal", whole=("single", "1"))
    assert [paging.url("https://x/y", number) for number in (1, 4, 0)] == [
        "https://x/y",
        "https://x/y?hal=4",
        "https://x/y?single=1",
    ]
    assert [paging.number(query) for query in ("", "hal=4", "single=1", "hal=x", "page=3", "hal=0")] == [
        1,
        4,
        0,
        1,
        1,
        1,
    ]
    assert Paging(whole=None).url("https://x/y", 0) == "https://x/y"


def test_an_index_on_a_host_of_its_own_calls_hosts_by_their_names_there() -> None:
    index = Index(daily="https://indeks.x/?site={name}&date={day:%Y-%m-%d}{page}")
    portal = replace(TRIBUN, index=index)
    medan = replace(TRIBUN.find_hosts(["medan"])[0], index_name="sumut")
    url = portal.index_url(medan, date(2022, 7, 3), page=2)
    assert url == "https://indeks.x/?site=sumut&date=2022-07-03&page=2"


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
