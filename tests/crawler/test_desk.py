"""The news desk: what it asks for next, what it believes, what it writes down."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import pytest

from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.states import Kind, State
from crawler.arguments import Requisites
from crawler.coverage import MAX_LIST_PAGES
from crawler.demo.newsroom import truth
from crawler.demo.portal import Answer, DemoPortal, Request
from crawler.demo.story import DemoArticle
from crawler.desk import led_away
from crawler.reading import make_sidecar
from crawler.workers import WorkerPool
from extractors.article import PageKind, PageReading, Verdict
from tests.archives.shelf import NOW, make_collection
from tests.crawler import jobs
from tests.crawler.newsdesk import (
    HOSTS,
    NEWSROOM,
    Ask,
    Run,
    an_article,
    article_url,
    edited,
    endless_index,
    ledger,
    list_url,
    records,
    repeating_index,
    run_through,
    versions,
)

P = ParamSpec("P")
T = TypeVar("T")
LATER = NOW + timedelta(days=1)
INDEX = f"http://{HOSTS[0]}/index-news?date=2024-8-7"


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return make_collection(tmp_path / "warta")


def at_another_address(article: DemoArticle) -> tuple[str, Ask]:
    """A second address of an article, and a portal that answers with its page whatever is asked for."""

    def ask(request: Request) -> Answer:
        return DemoPortal().answer(replace(request, target=article.path))

    return f"{article.site.root}/daerah/799999/{article.path.rpartition('/')[2]}", ask


def only(found: dict[str, dict[str, object]]) -> dict[str, object]:
    (record,) = found.values()
    return record


# --- pages of an article ----------------------------------------------------------------------------


def test_page_one_asks_for_page_two_and_for_no_other(collection: Collection, readers: WorkerPool) -> None:
    article = an_article(4)
    with Run(collection, readers) as run:
        run.add(article_url(article.url))
        run_through(run.fetch(run.row(article.url)))
        waiting = run.next_row()
        assert waiting is not None
        assert (waiting.url, waiting.kind, waiting.page) == (f"{article.url}?page=2", Kind.PAGE, 2)
        assert waiting.article == article.url
        assert set(ledger(collection)) == {article.url, f"{article.url}?page=2"}
    assert records(collection) == {}


def test_an_article_is_kept_when_its_last_page_is_and_equals_the_newsrooms_truth(
    collection: Collection, readers: WorkerPool
) -> None:
    article = an_article(3)
    with Run(collection, readers) as run:
        run.crawl(article_url(article.url))
        assert run.asked == [article.url, f"{article.url}?page=2", f"{article.url}?page=3"]
        assert (run.desk.progress.done, run.desk.progress.articles) == (3, 1)
    record = only(records(collection))
    expected = truth(article)
    assert {name: record.get(name) for name in expected} == expected


def test_pages_come_before_new_articles(collection: Collection, readers: WorkerPool) -> None:
    first, second = an_article(3), an_article(2)
    hosts = (first.site.host,) if first.site.host == second.site.host else HOSTS
    with Run(collection, readers, hosts=hosts) as run:
        run.crawl(article_url(first.url), article_url(second.url))
        assert [url.partition("?")[0] for url in run.asked] in (
            [first.url] * 3 + [second.url] * 2,
            [second.url] * 2 + [first.url] * 3,
        )


def test_a_page_that_lies_is_missing_and_the_others_are_kept(
    collection: Collection, readers: WorkerPool
) -> None:
    article = an_article(4)

    def ask(request: Request) -> Answer:
        lies = request.url == f"{article.url}?page=3"
        return DemoPortal().answer(replace(request, target=request.path) if lies else request)

    with Run(collection, readers, ask) as run:
        run.crawl(article_url(article.url))
    state, reason = ledger(collection)[f"{article.url}?page=3"]
    assert state is State.FAILED
    assert str(reason).startswith("not the page asked for: ")
    record = only(records(collection))
    assert record["pagination"] == {"pageCount": 4, "pagesMissing": [3]}


def test_an_article_whose_first_page_is_gone_asks_for_nothing_more(
    collection: Collection, readers: WorkerPool
) -> None:
    article = an_article(3)
    with Run(collection, readers, lambda _request: Answer(status=410)) as run:
        run.crawl(article_url(article.url))
        assert run.asked == [article.url]
    assert ledger(collection) == {article.url: (State.GONE, "http 410")}


def test_an_article_met_at_a_second_address_is_a_duplicate(
    collection: Collection, readers: WorkerPool
) -> None:
    article = an_article(1)
    other, ask = at_another_address(article)
    with Run(collection, readers, ask) as run:
        run.crawl(article_url(article.url), article_url(other))
    assert ledger(collection)[article.url] == (State.CAPTURED, None)
    assert ledger(collection)[other] == (State.DUPLICATE, "of an article under another address")
    assert len(records(collection)) == 1


def test_an_article_that_lists_name_by_another_address_stays_one_that_is_read_again(
    collection: Collection, readers: WorkerPool
) -> None:
    """What is seen again at the address that it was kept from is no duplicate of itself."""
    article = an_article(1)
    listed, ask = at_another_address(article)
    for hours in range(3):
        with Run(collection, readers, ask, now=NOW + timedelta(hours=hours)) as run:
            run.ask_again(listed)
            run.crawl(article_url(listed))
            assert run.asked == [listed]
        assert ledger(collection)[listed] == (State.CAPTURED, None)
    assert [record["url"] for record in records(collection).values()] == [article.url]


def test_a_canonical_link_to_another_article_is_not_believed(
    collection: Collection, readers: WorkerPool
) -> None:
    article, other = an_article(1), an_article(1, skip=2)
    portal = edited({other.url: lambda text: text.replace(other.url, article.url)})
    with Run(collection, readers, portal) as run:
        run.crawl(article_url(article.url), article_url(other.url))
    assert {record["url"] for record in records(collection).values()} == {article.url, other.url}
    assert all(
        record["version"] == {"number": 1, "changedFields": []} for record in records(collection).values()
    )


def test_an_answer_that_is_no_article_is_counted_and_not_kept(
    collection: Collection, readers: WorkerPool
) -> None:
    article = an_article(1)
    page = "<html><head><title>Halaman tidak ditemukan</title></head><body><h1>404</h1></body></html>"
    with Run(collection, readers, lambda _request: Answer(body=page.encode())) as run:
        run.crawl(article_url(article.url))
    assert ledger(collection)[article.url][0] in {State.GONE, State.NOT_ARTICLE}
    assert records(collection) == {}


# --- answers that say what is known ------------------------------------------------------------------


class CountingPool(WorkerPool):
    """Says how many jobs it was given."""

    jobs = 0

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        self.jobs += 1
        return super().submit(function, *args, **kwargs)


@pytest.fixture
def counting() -> Iterator[CountingPool]:
    pool = CountingPool(1, 30)
    yield pool
    pool.close()


def _read_again(collection: Collection, pool: WorkerPool, url: str, ask: Ask, **more: object) -> list[str]:
    """What a run asks for that reads the article again."""
    with Run(collection, pool, ask, now=LATER, **more) as run:  # type: ignore[arg-type]
        run.ask_again(url)
        run.crawl()
        return run.asked


def test_pages_that_answer_the_same_bytes_are_asked_for_and_not_read(
    collection: Collection, counting: CountingPool
) -> None:
    article, ask = an_article(3), DemoPortal().answer
    with Run(collection, counting, ask) as run:
        run.crawl(article_url(article.url))
    before, counting.jobs = records(collection), 0
    asked = _read_again(collection, counting, article.url, ask)
    assert asked == [article.url, f"{article.url}?page=2", f"{article.url}?page=3"]
    assert counting.jobs == 0
    assert records(collection) == before
    assert set(ledger(collection).values()) == {(State.CAPTURED, None)}


def test_of_an_article_only_the_page_that_has_changed_is_read(
    collection: Collection, counting: CountingPool
) -> None:
    article = an_article(3)
    with Run(collection, counting) as run:
        run.crawl(article_url(article.url))
    changed = edited({f"{article.url}?page=2": lambda text: text.replace("</p>", " Ralat redaksi.</p>")})
    asked = _read_again(collection, counting, article.url, changed)
    assert len(asked) == 3
    assert [record["version"]["number"] for record in versions(collection, article.url)] == [1, 2]  # type: ignore[index]


def test_the_same_bytes_are_read_once_more_where_pictures_may_be_missing(
    collection: Collection, counting: CountingPool
) -> None:
    article, ask = an_article(1), DemoPortal().answer
    with Run(collection, counting, ask) as run:
        run.crawl(article_url(article.url))
    counting.jobs = 0
    _read_again(collection, counting, article.url, ask, requisites=Requisites.PHOTO)
    photos = [url for url in ledger(collection) if url != article.url]
    assert counting.jobs > 0
    assert len(photos) == 1


def test_the_photo_of_a_version_that_was_read_without_photos_is_asked_for(
    collection: Collection, readers: WorkerPool
) -> None:
    article, portal = an_article(1), DemoPortal().answer
    with Run(collection, readers, portal, requisites=Requisites.PHOTO) as run:
        run.crawl(article_url(article.url))
    (old,) = [url for url in ledger(collection) if url != article.url]
    name = old.rpartition("/")[2].partition(".")[0]
    changed = edited(
        {article.url: lambda text: text.replace(name, "777777").replace("</p>", " Ralat redaksi.</p>")}
    )
    _read_again(collection, readers, article.url, changed)
    assert len(versions(collection, article.url)) == 2
    assert len(ledger(collection)) == 2
    _read_again(collection, readers, article.url, changed, requisites=Requisites.PHOTO)
    assert old.replace(name, "777777") in ledger(collection)


def test_the_same_bytes_from_another_address_are_read(collection: Collection, counting: CountingPool) -> None:
    """Which address an article is filed under, only its page says."""
    article = an_article(1)
    other, ask = at_another_address(article)
    with Run(collection, counting, ask) as run:
        run.crawl(article_url(article.url))
        counting.jobs = 0
        run.crawl(article_url(other))
    assert counting.jobs > 0
    assert ledger(collection)[other] == (State.DUPLICATE, "of an article under another address")


# --- lists ------------------------------------------------------------------------------------------


def test_a_daily_index_is_walked_to_its_end_and_offers_each_article_once(
    collection: Collection, readers: WorkerPool
) -> None:
    with Run(collection, readers) as run:
        run.add(list_url(INDEX))
        run_through(_only_lists(run))
        assert run.asked == [INDEX, INDEX + "&page=2"]
    listed = {url for url, (state, _) in ledger(collection).items() if state is State.TODO}
    assert listed == {
        card.url for card in NEWSROOM.on_host[HOSTS[0]] if str(card.published.date()) == "2024-08-07"
    }


async def _only_lists(run: Run) -> None:
    """Fetch lists until there are no more; articles stay to do."""
    while rows := [row for row in run.do(lambda c: c.todo(HOSTS[0], 999)) if row.kind.is_list]:
        await run.fetch(rows[0])


def test_an_index_that_repeats_itself_is_left(collection: Collection, readers: WorkerPool) -> None:
    with Run(collection, readers, repeating_index) as run:
        run.add(list_url(INDEX))
        run_through(_only_lists(run))
        assert run.asked == [INDEX, INDEX + "&page=2", INDEX + "&page=3"]


def test_nothing_is_missed_where_an_index_grows_by_a_whole_page_while_it_is_read(
    collection: Collection, readers: WorkerPool
) -> None:
    """Page 2 then shows what page 1 showed; only page 3 has something new."""
    with Run(collection, readers, _growing) as run:
        run.add(list_url(INDEX))
        run_through(_only_lists(run))
        assert run.asked == [INDEX, INDEX + "&page=2", INDEX + "&page=3"]
    listed = {url.rpartition("-")[2] for url, (state, _) in ledger(collection).items() if state is State.TODO}
    assert listed == {"a", "b", "c", "d"}


def _growing(request: Request) -> Answer:
    return _index_page(request, {1: "ab", 2: "ab", 3: "cd"}[int(request.query("page") or 1)], last=3)


def _index_page(request: Request, names: Iterable[str], *, last: int) -> Answer:
    page = int(request.query("page") or 1)
    root = f"http://{request.host}{request.target.partition('&')[0]}"
    items = "".join(
        f'<li class="ptb15"><h3><a href="http://{request.host}/2024/08/07/kabar-{name}">x</a></h3></li>'
        for name in names
    )
    links = "".join(
        f'<a href="{root}&amp;page={n}"{" class=active" if n == page else ""}>{n}</a>' for n in (page, last)
    )
    text = f'<html><body><ul class="lsi">{items}</ul><div id="paginga">{links}</div></body></html>'
    return Answer(body=text.encode())


def test_an_index_that_does_not_say_which_page_it_is_has_an_end_too(
    collection: Collection, readers: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.desk.MAX_LIST_PAGES", 4)

    def ask(request: Request) -> Answer:
        answer = _index_page(request, [request.query("page") or "1"], last=9999)
        return replace(answer, body=answer.body.replace(b" class=active", b""))

    with Run(collection, readers, ask) as run:
        run.add(list_url(INDEX))
        run_through(_only_lists(run))
        assert len(run.asked) == 4
    assert ledger(collection)[INDEX + "&page=4"] == (State.FAILED, "goes on beyond 4 pages")


def test_a_sitemap_index_that_never_ends_is_left_at_the_limit(
    collection: Collection, readers: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.desk.MAX_SITEMAPS", 5)
    root = f"http://{HOSTS[0]}/sitemap"

    def ask(request: Request) -> Answer:
        """Each index names itself, the first one, and two more."""
        here = request.url.removesuffix(".xml")
        children = (root, here, f"{here}-1", f"{here}-2")
        places = "".join(f"<sitemap><loc>{child}.xml</loc></sitemap>" for child in children)
        return Answer(body=f"<sitemapindex>{places}</sitemapindex>".encode(), content_type="text/xml")

    with Run(collection, readers, ask) as run:
        run.add(replace(list_url(f"{root}.xml"), kind=Kind.SITEMAP))
        run_through(_only_lists(run))
        assert len(run.asked) <= 6
    reasons = [reason for _, reason in ledger(collection).values()]
    assert "more than 5 sitemaps" in reasons


def test_an_index_beyond_its_end_shows_its_last_page_again_and_is_left(
    collection: Collection, readers: WorkerPool
) -> None:
    with Run(collection, readers) as run:
        run.add(list_url(INDEX + "&page=7"))
        run_through(_only_lists(run))
        assert run.asked == [INDEX + "&page=7"]


def test_an_index_that_always_has_something_new_is_left_at_the_limit(
    collection: Collection, readers: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_LIST_PAGES >= 100
    monkeypatch.setattr("crawler.desk.MAX_LIST_PAGES", 4)
    with Run(collection, readers, endless_index) as run:
        run.add(list_url(INDEX))
        run_through(_only_lists(run))
        assert len(run.asked) <= 6


def test_two_days_do_not_end_each_others_walk(collection: Collection, readers: WorkerPool) -> None:
    other = f"http://{HOSTS[0]}/index-news?date=2020-10-9"
    with Run(collection, readers) as run:
        run.add(list_url(INDEX), list_url(other))
        run_through(_only_lists(run))
        assert sorted(run.asked) == sorted([INDEX, INDEX + "&page=2", other, other + "&page=2"])


def test_foreign_links_and_advertisements_are_noted_and_never_asked_for(
    collection: Collection, readers: WorkerPool
) -> None:
    with Run(collection, readers) as run:
        run.add(list_url(INDEX))
        run_through(_only_lists(run))
    noted = {url: reason for url, (state, reason) in ledger(collection).items() if state is State.NOT_ARTICLE}
    assert {"advertisement", "another site"} <= set(noted.values())
    assert not [url for url in noted if ".kabarnusa.localhost/20" in url]


def test_a_link_to_a_host_outside_the_crawl_is_noted(collection: Collection, readers: WorkerPool) -> None:
    foreign = f"http://{HOSTS[1]}/2024/08/07/kabar-tetangga"

    def ask(request: Request) -> Answer:
        item = f'<li class="ptb15"><h3><a href="{foreign}">x</a></h3></li>'
        return Answer(body=f'<html><body><ul class="lsi">{item}</ul></body></html>'.encode())

    with Run(collection, readers, ask, hosts=HOSTS[:1]) as run:
        run.crawl(list_url(INDEX))
        assert run.asked == [INDEX]
    assert ledger(collection)[foreign] == (State.NOT_ARTICLE, "outside this crawl")


def test_what_a_list_offers_is_counted_link_by_link(collection: Collection, readers: WorkerPool) -> None:
    with Run(collection, readers) as run:
        run.add(list_url(INDEX))
        run_through(run.fetch(run.row(INDEX)))
        progress = run.desk.progress
        assert progress.offered == 5 + 2  # five articles a page, an advertisement, a foreign link
        assert progress.known == 5 + 1  # and the list's next page
        assert progress.done == 1


def test_an_empty_day_is_a_list_that_was_read(collection: Collection, readers: WorkerPool) -> None:
    empty = f"http://{HOSTS[0]}/index-news?date=2019-1-1"
    with Run(collection, readers) as run:
        run.crawl(list_url(empty))
    assert ledger(collection) == {empty: (State.CAPTURED, None)}


def test_sitemaps_lead_to_sitemaps_and_to_articles(collection: Collection, readers: WorkerPool) -> None:
    root = f"http://{HOSTS[0]}/sitemap.xml"
    with Run(collection, readers) as run:
        run.add(list_url(root, Kind.SITEMAP))
        run_through(_only_lists(run))
    found = ledger(collection)
    assert {card.url for card in NEWSROOM.on_host[HOSTS[0]] if card.kind == "article"} <= set(found)
    assert all(state is State.CAPTURED for url, (state, _) in found.items() if "sitemap" in url)


# --- versions ---------------------------------------------------------------------------------------


def _read_twice(
    collection: Collection, readers: WorkerPool, url: str, then: Ask, *, recheck: bool = True
) -> list[str]:
    """Crawl an article, then again a day later when the portal answers otherwise; what was asked then."""
    with Run(collection, readers) as run:
        run.crawl(article_url(url))
    with Run(collection, readers, then, now=LATER, recheck=recheck) as run:
        run.ask_again(url)
        run.crawl()
        return run.asked


def _sentence(article: DemoArticle, page: int) -> str:
    """A paragraph of that page whose text is in the markup as it is, without quotes or a dateline."""
    parts = truth(article)["hasPart"]
    assert isinstance(parts, list)
    texts = [part["text"] for part in parts if part["page"] == page and part["type"] == "paragraph"]
    return str(next(text for text in texts if re.fullmatch(r"[A-Z][a-z]+ [a-z][\w ,]+\.", text)))


def _corrected(pages: int, page: int, portal: Ask | None = None) -> Ask:
    """The portal after one sentence of the article was corrected."""
    article = an_article(pages)
    sentence = _sentence(article, page)
    url = article.url + (f"?page={page}" if page > 1 else "")
    return edited(
        {url: lambda text: _replaced(text, sentence, sentence.removesuffix(".") + " (ralat).")}, portal
    )


def _replaced(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new)


@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("recheck", [True, False], ids=["recheck=all", "recheck=due"])
def test_a_correction_makes_a_second_version_of_all_pages(
    collection: Collection, readers: WorkerPool, page: int, recheck: bool
) -> None:
    article = an_article(3)
    asked = _read_twice(collection, readers, article.url, _corrected(3, page), recheck=recheck)
    assert asked == [article.url, f"{article.url}?page=2", f"{article.url}?page=3"]
    first, second = versions(collection, article.url)
    assert second["version"] == {
        "number": 2,
        "previous": next(path for path, record in records(collection).items() if record == first),
        "changedFields": ["articleBody"],
    }
    assert second["pagination"] == {"pageCount": 3, "pagesMissing": []}
    assert "(ralat)" in str(second["articleBody"])
    assert "(ralat)" not in str(first["articleBody"])
    assert str(second["articleBody"]).replace(" (ralat)", "") == first["articleBody"]


def test_the_same_article_read_again_is_no_new_version(collection: Collection, readers: WorkerPool) -> None:
    article = an_article(3)
    before = _bytes_after_first(collection, readers, article.url)
    assert len(_read_twice(collection, readers, article.url, DemoPortal().answer)) == 3
    assert records(collection) == before


def _bytes_after_first(collection: Collection, readers: WorkerPool, url: str) -> dict[str, dict[str, object]]:
    with Run(collection, readers) as run:
        run.crawl(article_url(url))
    return records(collection)


def test_other_related_links_are_no_new_version(collection: Collection, readers: WorkerPool) -> None:
    article = next(
        item for item in NEWSROOM.articles() if item.page_count == 2 and truth(item).get("relatedLink")
    )
    links = truth(article)["relatedLink"]
    assert isinstance(links, list)
    name = str(links[0]["name"])
    page = f"?page={links[0]['page']}" if links[0]["page"] > 1 else ""
    portal = edited(
        {article.url + page: lambda text: _replaced(text, name, "Kabar Lain dari Kampung Sebelah")}
    )
    before = _bytes_after_first(collection, readers, article.url)
    _read_twice(collection, readers, article.url, portal)
    assert records(collection) == before


def test_a_changed_headline_is_a_new_version_with_its_name(
    collection: Collection, readers: WorkerPool
) -> None:
    article = an_article(1)
    portal = edited({article.url: lambda text: text.replace(article.headline, "Judul yang Diralat Redaksi")})
    _read_twice(collection, readers, article.url, portal)
    second = versions(collection, article.url)[1]
    assert second["headline"] == "Judul yang Diralat Redaksi"
    assert second["version"]["changedFields"] == ["headline"]  # type: ignore[index]


def test_an_article_deleted_later_stays_kept(collection: Collection, readers: WorkerPool) -> None:
    article = an_article(2)
    before = _bytes_after_first(collection, readers, article.url)
    _read_twice(collection, readers, article.url, lambda _request: Answer(status=404))
    assert records(collection) == before
    assert ledger(collection)[article.url] == (State.GONE, "http 404")


def _page_2_first(collection: Collection, readers: WorkerPool, article: DemoArticle, then: Ask) -> list[str]:
    """A later run that meets page 2 before page 1, as after a failure of page 2; what it has asked for."""
    with Run(collection, readers) as run:
        run.crawl(article_url(article.url))
    with Run(collection, readers, then, now=LATER, recheck=True) as run:
        page_2 = run.row(f"{article.url}?page=2").url_id
        run.do(lambda catalogue: catalogue.reopen(page_2, run.run_id))
        run.ask_again(article.url)
        run.crawl()
        return run.asked


@pytest.mark.parametrize("corrected", [(1,), (2,), (1, 2), ()], ids=str)
def test_the_order_in_which_pages_arrive_does_not_matter(
    tmp_path: Path, readers: WorkerPool, corrected: tuple[int, ...]
) -> None:
    article = an_article(3)
    portal: Ask = DemoPortal().answer
    for page in corrected:
        portal = _corrected(3, page, portal)
    usual, other = make_collection(tmp_path / "usual"), make_collection(tmp_path / "other")
    _read_twice(usual, readers, article.url, portal)
    assert _page_2_first(other, readers, article, portal)[0] == f"{article.url}?page=2"
    told, told_too = (
        [
            {name: version[name] for name in ("articleBody", "pagination", "headline")}
            | {"changedFields": version["version"]["changedFields"]}  # type: ignore[index]
            for version in versions(collection, article.url)
        ]
        for collection in (usual, other)
    )
    assert told == told_too
    assert len(told) == (2 if corrected else 1)


def test_what_a_newer_kliping_reads_in_another_way_is_no_edit(
    collection: Collection, readers: WorkerPool
) -> None:
    article = an_article(2)
    before = _bytes_after_first(collection, readers, article.url)
    with closing(Catalogue(collection.catalogue)) as catalogue:
        catalogue.database.execute("UPDATE version_pages SET content_digest = 'of another Kliping'")
    _read_twice(collection, readers, article.url, DemoPortal().answer)  # the same bytes: nobody reads them
    assert records(collection) == before
    urls = (article.url, f"{article.url}?page=2")
    other_bytes = edited(dict.fromkeys(urls, lambda text: text.replace("</body>", "<!-- iklan --></body>")))
    _read_twice(collection, readers, article.url, other_bytes)
    assert records(collection) == before
    with closing(Catalogue(collection.catalogue)) as catalogue:
        found = catalogue.database.execute("SELECT DISTINCT length(content_digest) FROM version_pages")
        assert found.fetchall() == [(64,)]
        catalogue.database.execute("UPDATE version_pages SET content_digest = 'of another Kliping'")
    _read_twice(collection, readers, article.url, _corrected(2, 2))
    assert len(versions(collection, article.url)) == 2


def test_a_page_that_failed_is_filled_in_by_a_later_run_without_asking_for_the_others(
    collection: Collection, readers: WorkerPool
) -> None:
    article = an_article(3)
    bad = f"{article.url}?page=2"

    def ask(request: Request) -> Answer:
        return Answer(status=500) if request.url == bad else DemoPortal().answer(request)

    with Run(collection, readers, ask) as run:
        run.crawl(article_url(article.url))
    with Run(collection, readers, now=LATER) as run:
        run.do(lambda catalogue: _retry(catalogue, run.run_id))
        run.crawl()
        assert run.asked == [bad]
    record = only(records(collection))
    assert record["pagination"] == {"pageCount": 3, "pagesMissing": []}
    assert record["articleBody"] == truth(article)["articleBody"]


def _retry(catalogue: Catalogue, run_id: int) -> None:
    catalogue.retry_failed(HOSTS, run_id)


# --- what cannot be joined --------------------------------------------------------------------------


class _Stumbling(WorkerPool):
    """Worker processes of which one dies whenever the pages of a certain article are joined."""

    victim = ""

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if function is make_sidecar and cast("dict[int, PageReading]", args[0])[1].url == self.victim:
            return cast("Future[T]", super().submit(jobs.stop_the_world))
        return super().submit(function, *args, **kwargs)


def test_an_article_that_cannot_be_joined_does_not_keep_others_from_being_kept(
    collection: Collection,
) -> None:
    bad, good = an_article(1), an_article(1, skip=1)
    pool = _Stumbling(1, 30)
    pool.victim = bad.url
    try:
        with Run(collection, pool) as run:
            run.add(article_url(bad.url), article_url(good.url))
            asyncio.run(_capture_all(run))
        with Run(collection, pool, now=LATER) as run:
            asyncio.run(_resume_and_settle(run))
    finally:
        pool.close()
    assert {record["url"] for record in records(collection).values()} == {good.url}


def test_a_sidecar_that_is_written_to_another_place_leaves_the_old_one(
    collection: Collection, readers: WorkerPool
) -> None:
    article = an_article(1)
    (path,) = _bytes_after_first(collection, readers, article.url)
    old = str(Path(path).with_name("lama.json"))
    (collection.root / path).rename(collection.root / old)
    with Run(collection, readers, now=LATER) as run:
        run.do(lambda c: c.database.execute("UPDATE versions SET settled = 0, sidecar = ?", (old,)))
        asyncio.run(_resume_and_settle(run))
    assert list(records(collection)) == [path]


def test_a_version_is_kept_though_the_one_before_it_is_missing(
    collection: Collection, readers: WorkerPool, caplog: pytest.LogCaptureFixture
) -> None:
    article = an_article(3)
    (path,) = _bytes_after_first(collection, readers, article.url)
    (collection.root / path).unlink()
    with Run(collection, readers, _corrected(3, 1), now=LATER, recheck=True) as run:
        run.ask_again(article.url)
        run.crawl()
    (second,) = versions(collection, article.url)
    assert second["version"] == {"number": 2, "previous": path, "changedFields": []}
    assert f"{path}: is missing; what has changed since is not known" in caplog.text


async def _capture_all(run: Run) -> None:
    """Archive everything that is to do; the process ends before anybody looks."""
    for row in [row for host in HOSTS for row in run.do(lambda c, h=host: c.todo(h, 99))]:  # type: ignore[misc]
        await run.capture(row)


async def _resume_and_settle(run: Run) -> None:
    await run.desk.resume()
    await run.desk.settle_rest()


# --- redirects --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "kind", "where"),
    [
        (f"http://{HOSTS[0]}/", PageKind.LIST, "redirected to the home page"),
        (f"http://{HOSTS[0]}/?utm=x", PageKind.OTHER, "redirected to the home page"),
        (f"http://{HOSTS[0]}", PageKind.ARTICLE, "redirected to the home page"),
        (f"http://{HOSTS[0]}/", PageKind.WALL, None),
        (f"http://{HOSTS[0]}/", PageKind.UNREADABLE, None),
        (f"http://{HOSTS[0]}/index-news", PageKind.LIST, "redirected to a list"),
        (f"http://{HOSTS[0]}/maaf", PageKind.OTHER, None),
        (an_article(1).url, PageKind.LIST, None),
    ],
)
def test_a_redirect_to_the_front_or_to_a_list_is_how_portals_delete(
    url: str, kind: PageKind, where: str | None
) -> None:
    assert led_away(PageReading(url=url, captured_at=NOW, verdict=Verdict(kind=kind))) == where
