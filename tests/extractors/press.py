"""Pages in the network's markup with invented text, one switch for each thing that varies."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from extractors.article import PageReading
from extractors.extract import read_page

HOST = "https://aceh.tribunnews.com"
URL = f"{HOST}/2022/07/20/nelayan-kuala-menanti-cuaca"
CAPTURED = {
    2020: datetime(2020, 10, 10, tzinfo=UTC),
    2022: datetime(2022, 7, 21, tzinfo=UTC),
    2026: datetime(2026, 8, 1, tzinfo=UTC),
}
SENTENCES = (
    "<p>Nelayan Kuala Baru menunggu angin reda di dermaga kayu.</p>",
    "<p>Harga ikan naik dua kali lipat sejak Senin lalu.</p>",
)
HEADLINE = "Nelayan Kuala Menanti Cuaca"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One page to print."""

    era: int = 2022
    body: str = "".join(SENTENCES)
    number: int = 1
    count: int = 1
    pager: bool = True
    headline: str = HEADLINE
    title_page: bool = False
    kicker: str = ""
    standfirst: str = ""
    byline: str = '<div id="editor">Editor: Rahmat Ilham</div>'
    byline_after: bool = False
    source: str = ""
    printed: str = "Tayang: Rabu, 20 Juli 2022 13:05 WIB"
    machine: str = ""
    photo: str = ""
    head: str = ""
    json_ld: str = ""
    tags: tuple[str, ...] = field(default=())

    def html(self) -> str:
        editable = "" if self.era == 2020 else " multi-fontsize editcontent"
        stamp = f' datetime="{self.machine}"' if self.machine else ""
        suffix = f" - Halaman {self.number}" if self.title_page else ""
        under = "" if self.byline_after else f'<div class="f20 credit mt10">{self.byline}</div>{self.source}'
        after = f'<div class="f12 grey mb15">{self.byline}{self.source}</div>' if self.byline_after else ""
        standfirst = f'<h4 class="hide">{self.standfirst}</h4>' if self.standfirst else ""
        kicker = f'<h2 class="red f16"><a href="/topic/x">{self.kicker}</a></h2>' if self.kicker else ""
        tags = "".join(
            f"<h5 class='tagcloud3'><a class='rd2' href='/tag/x'>{tag}</a></h5>" for tag in self.tags
        )
        ld = f'<script type="application/ld+json">{self.json_ld}</script>' if self.json_ld else ""
        return f"""<!DOCTYPE html><html lang="id-ID"><head><meta charset="utf-8">
<title>{self.headline}{suffix} - Serambi</title><link rel="canonical" href="{URL}">{self.head}{ld}</head><body>
<div class="tapp-banner">Nikmati berita interaktif dan LIVE report 24 jam</div>
<div id="va"><ul class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/news">Nanggroe</a></li></ul>
<div id="article">{kicker}<h1 id="arttitle">{self.headline}</h1>{standfirst}
<div class="mt10"><time class="grey"{stamp}>{self.printed}</time></div>{under}
<div id="article_con"><div id="artimg">{self.photo}</div>
<div class="side-article txt-article{editable}">{self.body}</div>
<div class="side-article mb5">{self._pager()}{tags}</div>{after}
<div class="side-article" id="widget_pilihanuntukmu_article"><p>Pilihan untukmu hari ini.</p></div>
<div id="comments">KOMENTAR</div></div></div></div>
<ul class="lsi"><li><time class="timeago">6 jam lalu</time></li></ul>
<h5>&copy; 2026 a subsidiary of Grup. All Right Reserved</h5></body></html>"""

    def _pager(self) -> str:
        if self.count == 1 or not self.pager:
            return ""
        numbers = range(1, self.count + 1)
        if self.era == 2026:
            links = "".join(
                f'<a rel="page-{n}" href="{URL}?page={n}"{_class(n == self.number)}>{n}</a>' for n in numbers
            )
            total = f'<span class="total-page">Halaman {self.number}/{self.count}</span>'
            return f'<div class="paging"><div class="pagination-wrap">{total}<div class="page-number">{links}</div></div></div>'
        links = "".join(
            f'<a href="{URL}{f"?page={n}" if n > 1 else ""}"{_identity(n == self.number)}>{n}</a>'
            for n in numbers
        )
        return f"<div class='paging mb20'><div><div class='pr5'>Halaman</div>{links}</div></div>"

    def read(self, *, url: str | None = None) -> PageReading:
        """The reading of this page under its own address."""
        address = url or URL + (f"?page={self.number}" if self.number > 1 else "")
        return read_page(
            self.html().encode(),
            url=address,
            captured_at=CAPTURED[self.era],
            content_type="text/html; charset=utf-8",
        )


def _class(current: bool) -> str:
    return ' class="active"' if current else ""


def _identity(current: bool) -> str:
    return ' id="pagecurrent" class="white bgblue"' if current else ""


def body(markup: str) -> list[tuple[str, str]]:
    """The typed parts that a container with this markup gives."""
    return [(part.type.value, part.text) for part in Sheet(body=markup).read().parts]


def texts(markup: str) -> list[str]:
    """The texts of the parts that a container with this markup gives."""
    return [text for _, text in body(markup)]
