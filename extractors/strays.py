"""What stands around and between the paragraphs on portals without rules: names of boxes, labels of lines.

Portals with rules need none of this: their container is known. Here a box is judged by the words in its
class and id, and a line by how it begins. Source: public scrapers of detik, Liputan6, Tempo, Antara, CNN
Indonesia, Sindonews, Republika, Promedia's papers and WordPress themes (Newspaper, JNews, wpberita), and
English pages of the public article-extraction benchmark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from extractors import skips
from extractors.dates import read_printed
from extractors.page import fold

_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_BOX_WORD = re.compile(
    r"related|recommend(?:ed|ations?)?|rekomendasi|promo(?:tion)?|newsletter|subscri(?:be|ption)|shar(?:es?|ing|er)"
    r"|social|sosmed|medsos|comments?|komentar|disqus|breadcrumbs?|pagination|paging|pager|advert(?:isement)?|ads?"
    r"|iklan|sponsor(?:ed)?|banner|popular|populer|terpopuler|trending|terkait|bacajuga|captions?|credits?"
    r"|copyright|widget|sidebar|footer|nav|menu|toolbar|readmore|readalso|readtoo|alsoread|outbrain|taboola|mgid"
    r"|signup|follow|lihatjg|linksisip|topiksisip|sisip|parallaxindetail|author|authorbox|bio|tags?|keywords?"
    r"|byline|penulis|editor|redaksi|recirc(?:ulation)?|teaser|aside|playlist|poll|donat(?:e|ion)|cta|cookie"
    r"|consent|toc|modal|popup|dialog|overlay|latest"
)
_BOX_NAME = re.compile(
    r"baca[-_]?(?:juga|inline)|read__others|para_caption|(?:artikel|berita)[-_]lain", re.IGNORECASE
)
_BOX_TAGS = frozenset({"aside", "nav", "footer", "figcaption", "figure"})

_LABEL = re.compile(
    r"[\[(*\W]{0,3}(?:read\s+(?:more|also|next)|also\s+read|related(?:\s+\w+){0,2}|see\s+(?:more|also)|more"
    r"|also\s+on\s+\S+|watch(?:\s+(?:more|also|now))?|don['’]t\s+miss|you\s+may\s+also\s+like|advertisement"
    r"|image\s+(?:source|credit)|photo(?:\s+credit)?"
    r"|selanjutnya|sebelumnya|menarik\s+dibaca|pilihan\s+(?:redaksi|editor)"
    r"|(?:simak|lihat|tonton|saksikan)\s+(?:juga\s+)?(?:video|foto)\b.{0,40}?"
    r"|(?:video|foto|infografis|artikel|berita)\s+(?:terkait|pilihan|lainnya)|tonton\s+juga|klik\s+juga"
    r"|sumber(?:\s+(?:foto|gambar|berita))?|foto|copyright|kata\s+kunci|tags?|topik|bagikan|share|laporan\s+video)"
    r"\s*:.*",
    re.IGNORECASE | re.DOTALL,
)
_LINE = re.compile(
    r"(?:related|most\s+read\b.*|don['’]t\s+miss|you\s+may\s+also\s+like:?|like\s+this\s+story\?.*"
    r"|follow\s+.{0,80}\s+on\s+(?:twitter|facebook|instagram)\b.*|(?:share|print|comments?|save)(?:\s+this.*)?"
    r"|\[(?:gambas|video|foto)\b.*\]|simak\s+(?:juga\s+)?video\b.*|saksikan\s+(?:juga\s+)?video\b.*"
    r"|lihat\s+(?:juga\s+)?video\b.*|tonton\s+(?:juga\s+)?video\b.*|pilihan\s+(?:redaksi|editor).{0,3}"
    r"|scroll\s+(?:ke\s+bawah\s+)?(?:to|untuk)\s+\w+.*|(?:advertisement|adv|iklan|sponsored|pariwara)"
    r"|copyright\s*(?:©|\(c\)).*|©.*|hak\s+cipta\s+(?:dilindungi|©|\d).*|dilarang\s+(?:keras\s+)?(?:mengambil|mengutip|menyalin)\b.*"
    r"|(?:halaman|page|hal)\s*:?\s*[\d\s|/]*(?:selanjutnya|berikutnya|tampilkan\s+semua|lihat\s+semua|show\s+all|all)?"
    r"|(?:lanjut|lanjutkan|baca)\s+(?:ke\s+|membaca\s+)?halaman\s+(?:berikutnya|selanjutnya|\d+).*"
    r"|(?:tampilkan|lihat)\s+semua|(?:halaman\s+)?(?:selanjutnya|berikutnya|sebelumnya)\W*"
    r"|(?:bagikan|share)(?:\s+(?:artikel|berita|ke|this|on|di|via)\b.*)?|salin\s+(?:tautan|link)|copy\s+link"
    r"|(?:facebook|twitter|x|whatsapp|telegram|line|linkedin|email|pinterest|threads|messenger)"
    r"|(?:font|ukuran\s+(?:font|huruf|teks))\b.{0,40}|(?:tekan|klik)\s+(?:tombol|di\s+sini)\b.*"
    r"|(?:cek|ikuti|follow|simak|baca|dapatkan|temukan|update|nikmati|jangan\s+lewatkan|gabung|bergabung\S*|join"
    r"|yuk|ayo)\b[^.]{0,200}(?:google\s+news|(?:saluran|kanal|channel|grup)\s+(?:whats\s?app|telegram|youtube)"
    r"|(?:whats\s?app|telegram|youtube)\s+(?:channel|kami|group)|newsletter|akun\s+\S+\s+kami|(?:klik\s+)?di\s?sini\W*$).*"
    r"|\W*(?:fakta\s+atau\s+hoaks|untuk\s+mengetahui\s+kebenaran\s+informasi)\b.*"
    r"|(?:baca\s+)?(?:artikel|berita)\s+(?:terkait|lain|pilihan)(?:\s+lainnya)?"
    r"|(?:artikel|berita|konten)\s+ini\s+(?:merupakan|adalah)\s+(?:kerja\s*sama|kiriman|advertorial|konten)\b.*"
    r"|also\s+on\s+\S+\s.*|\(?adv(?:ertorial)?\)?|-{2,}|={2,}|\*{2,})",
    re.IGNORECASE | re.DOTALL,
)
_CREDIT_LINE = re.compile(
    r"(?:pewarta|penulis|editor|reporter|redaktur|kontributor|jurnalis|wartawan|fotografer|uploader|penyunting"
    r"|rep|red|sumber|laporan)\s*:\s*\S.{0,160}",
    re.IGNORECASE,
)
_ITEMS = frozenset({"li", "article", "div", "section"})
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_LEVELS_UP = 5
_LONGEST_TEASER = 500
_MOST_LINKS = 20
_MOST_SIBLINGS = 20
_SHORTEST_TITLE = 20
_LONGEST_DATE = 70
_LONGEST_PROMOTION = 420


def name_words(node: HtmlElement) -> frozenset[str]:
    """The words of an element's class and id: `related-postBox` holds "related", "post" and "box"."""
    names = f"{node.get('class') or ''} {node.get('id') or ''}"
    return frozenset(word.lower() for word in _NAME_WORD.findall(names[:400]))


def is_box(node: HtmlElement) -> bool:
    """Whether an element inside an article calls itself something else: related links, tags, sharing."""
    if node.tag in _BOX_TAGS:
        return True
    if not node.get("class") and not node.get("id"):
        return False
    names = f"{node.get('class') or ''} {node.get('id') or ''}"
    return any(map(_BOX_WORD.fullmatch, name_words(node))) or _BOX_NAME.search(names) is not None


@dataclass(frozen=True, slots=True)
class Teasers:
    """Finds the items of a page that each link to another article and say a sentence about it: related
    articles whose list has no telling name. What was looked at is kept for the next line.
    """

    known: dict[HtmlElement, bool] = field(default_factory=dict)

    def holds(self, node: HtmlElement) -> bool:
        """Whether the element stands in such an item."""
        for _, holder in zip(range(_LEVELS_UP), [node, *node.iterancestors()], strict=False):
            if holder.tag not in _ITEMS or not self._links_title(holder):
                continue
            others = (
                *islice(holder.itersiblings(holder.tag), _MOST_SIBLINGS),
                *islice(holder.itersiblings(holder.tag, preceding=True), _MOST_SIBLINGS),
            )
            if any(
                other.get("class") == holder.get("class") and self._links_title(other) for other in others
            ):
                return True
        return False

    def _links_title(self, item: HtmlElement) -> bool:
        found = self.known.get(item)
        if found is None:
            found = self.known[item] = _links_title(item)
        return found


def _links_title(item: HtmlElement) -> bool:
    """Whether a short item holds a title that is a link; in a list a picture that is one is enough."""
    links = list(item.iter("a"))
    if not links or len(links) > _MOST_LINKS or len(fold(str(item.text_content()))) > _LONGEST_TEASER:
        return False
    for link in links:
        pictured = item.tag in {"li", "article"} and next(link.iter("img"), None) is not None
        if pictured or (_is_headed(link, item) and len(fold(str(link.text_content()))) >= _SHORTEST_TITLE):
            return True
    return False


def _is_headed(link: HtmlElement, item: HtmlElement) -> bool:
    if next(link.iter(*_HEADINGS), None) is not None:
        return True
    return any(holder.tag in _HEADINGS for holder in _up_to(link, item))


def _up_to(node: HtmlElement, end: HtmlElement) -> Iterator[HtmlElement]:
    for holder in node.iterancestors():
        yield holder
        if holder is end:
            return


def is_stray(text: str) -> bool:
    """Whether a line, white space folded, is a label, a promotion, a date or a credit and not the article."""
    if len(text) > _LONGEST_PROMOTION:
        return False
    if _LINE.fullmatch(text) or _LABEL.fullmatch(text) or skips.is_promotion(text):
        return True
    return is_credit_line(text) or _is_date(text)


def is_credit_line(text: str) -> bool:
    """Whether a line says who made the article: "Pewarta: X Editor: Y Copyright © ANTARA 2024"."""
    return _CREDIT_LINE.fullmatch(text.strip("()[] ")) is not None


def _is_date(text: str) -> bool:
    if len(text) > _LONGEST_DATE:
        return False
    printed = read_printed(text)
    return printed is not None and len(fold(text.replace(printed.text, ""))) <= 20
