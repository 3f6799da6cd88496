"""The body container of an article page: the part of the markup that the eras share."""

# ruff: noqa: E501 - templates read best when an element is one line
from __future__ import annotations

from crawler.demo.cards import slug
from crawler.demo.chrome import ad_slot, esc
from crawler.demo.story import (
    Block,
    Box,
    DemoArticle,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quote,
    Related,
    Stray,
    Table,
)

_ADVERT_AFTER = 3


def container(article: DemoArticle, blocks: tuple[Block, ...]) -> str:
    """The inside of `div.txt-article`, with an advertisement after the third paragraph."""
    pieces: list[str] = []
    for number, block in enumerate(blocks, start=1):
        pieces.append(_render(article, block))
        if number == _ADVERT_AFTER:
            pieces.append(_advert(article))
    pieces.append("<script src='//iklan.example/page/73726/tag' async='true'></script>")
    return "\n".join(pieces)


def _advert(article: DemoArticle) -> str:
    if article.era == 2026:
        return f'<div class="ads-placeholder"><span>Iklan</span>{ad_slot("Inside-MediumRectangle")}</div>'
    return ad_slot("Inside-MediumRectangle")


def _render(article: DemoArticle, block: Block) -> str:
    match block:
        case Paragraph():
            return _paragraph(article, block)
        case Heading(text=text, tag=tag):
            return (
                f"<p><strong>{esc(text)}</strong></p>" if tag == "strong" else f"<{tag}>{esc(text)}</{tag}>"
            )
        case Items(texts=texts, ordered=ordered):
            name = "ol" if ordered else "ul"
            return f"<{name}>" + "".join(f"<li>{esc(text)}</li>" for text in texts) + f"</{name}>"
        case Table(rows=rows):
            return _table(rows)
        case Quote(text=text):
            return f"<blockquote><p>{esc(text)}</p></blockquote>"
        case Related():
            return _related(block)
        case Figure():
            return _figure(block)
        case Stray(text=text, html=html):
            return f"<p>{html or esc(text)}</p>"
        case Box():
            return _box(block)


def _paragraph(article: DemoArticle, block: Paragraph) -> str:
    html = esc(block.text)
    for tag in block.tags:
        link = (
            f"<a href='{article.site.root}/tag/{slug(tag)}' class='blue' title='{slug(tag)}'>{esc(tag)}</a>"
        )
        html = html.replace(f" {esc(tag)} ", f" {link} ", 1)
    if block.strong:
        html = html.replace(esc(block.strong), f"<strong>{esc(block.strong)}</strong>", 1)
    return f"<p>{html}{' ' if block.mark else ''}{esc(block.mark)}</p>"


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    cells = ("".join(f"<td>{esc(cell)}</td>" for cell in row) for row in rows)
    return "<table><tbody>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</tbody></table>"


def _related(block: Related) -> str:
    label, link = (
        esc(block.label),
        f'<a title="{esc(block.name)}" href="{esc(block.url)}">{esc(block.name)}</a>',
    )
    match block.style:
        case "baca" | "baca-bullet":
            return f'<p class="baca"><strong>{label} {link}</strong></p>'
        case "span":
            return f'<p class="baca"><strong><span class="more">{label} {link}</span></strong></p>'
        case "parenthesis":
            return f"<p>( {label} {link} )</p>"
        case "bold":
            return f"<p><strong>{label}</strong> {link}</p>"
        case "plain" | "bullet":
            return f"<p>{label} {link}</p>"


def _figure(block: Figure) -> str:
    photo = block.photo
    credit = f" ({photo.credit})" if photo.credit else ""
    return (
        f'<figure class="image"><img src="{photo.url}" alt="{esc(photo.caption)}" width="700" height="393" />'
        f"<figcaption>{esc(photo.caption)}{esc(credit)}</figcaption></figure>"
    )


def _box(block: Box) -> str:
    items = "".join(f'<li><a href="{esc(url)}">{esc(title)}</a></li>' for title, url in block.links)
    return f'<div class="pt10 pb10 rekomendasi-tengah"><div class="f18 fbo2">{esc(block.title)}</div><ul>{items}</ul></div>'


def plain_text(blocks: tuple[Block, ...]) -> str:
    """What the script variable of the 2024 pages holds: all lines, "Baca juga" included, without entities."""
    return " ".join(line for block in blocks for line in _plain_lines(block))


def _plain_lines(block: Block) -> tuple[str, ...]:
    match block:
        case Paragraph(text=text, mark=mark):
            return (text, mark) if mark else (text,)
        case Items(texts=texts):
            return texts
        case Table(rows=rows):
            return tuple(" ".join(row) for row in rows)
        case Heading(text=text) | Quote(text=text) | Stray(text=text):
            return (text,)
        case Related(label=label, name=name):
            return (f"{label} {name}",)
        case _:
            return ()
