"""A body that is far shorter or longer than trafilatura's text is doubted, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.demo.markup import render_article
from crawler.demo.newsroom import Newsroom
from extractors.extract import read_page
from tests.extractors.press import Sheet

LONG = "".join(
    f"<p>Pada pekan ke-{number} para nelayan Kuala Baru memperbaiki {number} perahu di dermaga kayu sambil "
    f"menunggu angin reda, dan koperasi desa membayar upah {number * 5} tukang yang datang dari hulu.</p>"
    for number in range(3, 15)
)
SHORT = "<p>Nelayan Kuala Baru menunggu angin reda di dermaga kayu sejak Senin lalu.</p>"
PLAIN_TEXT = f'<script>var keywordBrandSafety = "{SHORT[3:-4]}";</script>'


def doubts(sheet: Sheet) -> list[str]:
    return [warning for warning in sheet.read().warnings if "trafilatura" in warning]


def test_a_text_in_a_box_that_is_left_out_is_a_doubt_with_both_lengths() -> None:
    (doubt,) = doubts(Sheet(body=f'{SHORT}<div class="ads-isi">{LONG}</div>'))
    assert doubt.startswith("the body is much shorter than trafilatura's text: 61 of 1,")


def test_a_text_that_stands_outside_the_container_is_a_doubt() -> None:
    elsewhere = f'</div><div class="isi-baru">{LONG}'
    (doubt,) = doubts(Sheet(body=SHORT + elsewhere))
    assert "much shorter" in doubt


def test_a_body_of_scraps_is_a_doubt_where_trafilatura_finds_an_article_in_it() -> None:
    scraps = "".join(
        f'<div><a href="/topic/kuala-{number}">Kabar Kuala Baru nomor {number} hari ini</a></div>'
        for number in range(60)
    )
    (doubt,) = doubts(Sheet(body=LONG[: LONG.index("</p>", 600) + 4] + scraps))
    assert "much longer" in doubt


def test_an_article_as_usual_is_not_doubted_whatever_its_length() -> None:
    assert doubts(Sheet()) == []
    assert doubts(Sheet(body=SHORT)) == []
    assert doubts(Sheet(body=LONG)) == []


def test_no_article_of_the_demo_newsroom_is_doubted_without_its_plain_text() -> None:
    for article in Newsroom().articles():
        for number in range(1, article.page_count + 1):
            markup = render_article(article, number).replace("keywordBrandSafety", "kata")
            captured = datetime(article.era, 12, 1, tzinfo=UTC)
            reading = read_page(markup.encode(), url=f"{article.url}?page={number}", captured_at=captured)
            assert reading.parts
            assert [warning for warning in reading.warnings if "trafilatura" in warning] == []


def test_what_is_knowingly_left_out_is_no_doubt() -> None:
    related = "".join(
        f'<p>Baca juga: <a href="https://aceh.tribunnews.com/2022/07/2{number}/harga-ikan-naik-{number}">'
        f"Harga Ikan di Pasar Kuala Naik Dua Kali Lipat Sejak Awal Pekan {number}</a></p>"
        for number in range(8)
    )
    teasers = "".join(f"<li><p>{'Harga ikan di pasar Kuala naik lagi. ' * 4}</p></li>" for _ in range(20))
    sheet = Sheet(body=f"{SHORT}{related}", source=f"<ul>{teasers}</ul>")
    assert doubts(sheet) == []


def test_a_page_that_carries_its_plain_text_is_compared_with_that() -> None:
    broken = Sheet(body=f'{SHORT}<div class="ads-isi">{LONG}</div>', head=PLAIN_TEXT)
    assert doubts(broken) == []
    assert dict(broken.read().checks)["brandSafetyRecall"] == 1.0
