"""Photos: the address behind late loading, caption and credit, and what is no photo."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.extract import read_page
from extractors.pictures import split_credit
from extractors.stitch import join
from tests.extractors.press import CAPTURED, HOST, URL, Sheet

JPG = "https://cdn-2.tstatic.net/a.jpg"
SHOWN = f'<img class="imgfull" src="{JPG}">'
CREDIT = '<div class="f11 white pa3 fr pos_rel ar">{}</div>'
CAPTION = '<div class="arial f12 pt5 grey2">{}&nbsp;</div>'
BELOW = CREDIT.format("AFP/File") + CAPTION.format("Perahu di dermaga.")
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP"
FIGURE = '<figure class="image"><img src="{}"><figcaption>Jala di pasir. (TRIBUN/Ridho)</figcaption></figure>'


def photos(markup: str, **fields: str) -> list[tuple[str, str | None, str | None]]:
    reading = Sheet(photo=markup, **fields).read()  # type: ignore[arg-type]
    return [(photo.content_url, photo.credit_text, photo.caption) for photo in reading.photos]


@pytest.mark.parametrize(
    "image",
    [
        SHOWN,
        '<img class="imgfull" src="//cdn-2.tstatic.net/a.jpg">',
        f'<img class="imgfull lozad" src="{PIXEL}" data-src="{JPG}">',
        f'<img class="imgfull" src="https://cdn1.tstatic.net/img/blank.png" data-src="{JPG}">',
        f'<img class="imgfull" src="https://cdn1.tstatic.net/1x1.gif" data-original="{JPG}">',
        f'<img class="imgfull" src="{PIXEL}" data-srcset="https://cdn-2.tstatic.net/s.jpg 320w, {JPG} 800w">',
        f'<img class="imgfull" srcset="https://cdn-2.tstatic.net/s.jpg 1x, {JPG} 2x">',
        f'<picture><source srcset="{JPG} 800w" type="image/webp"><img class="imgfull" src="{PIXEL}"></picture>',
        f'<img class="imgfull" src="{PIXEL}"><noscript><img src="{JPG}"></noscript>',
        f'<img src="https://cdn1.tstatic.net/img/zoom-in.png"><img src="{JPG}">',
        f'<img src="https://cdn1.tstatic.net/img/zoom-in.svg"><img class="imgfull" src="{JPG}">',
        f'<amp-img src="{JPG}" width="700" height="393"></amp-img>',
        f'<a href="{JPG}" class="glightbox"><img class="imgfull" src="{PIXEL}"></a>',
        f'<div><figure><img src=" {JPG} "></figure></div>',
    ],
)
def test_the_photo_is_found_behind_placeholders_sets_and_icons(image: str) -> None:
    assert photos(image + BELOW) == [(JPG, "AFP/File", "Perahu di dermaga.")]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/foto/a.jpg", f"{HOST}/foto/a.jpg"),
        (
            "https://cdn-2.tstatic.net/foto/logo-baru-bank.jpg",
            "https://cdn-2.tstatic.net/foto/logo-baru-bank.jpg",
        ),
        (
            "https://asset.tribunnews.com/hA=/1200x675/filters:quality(30):format(webp)/aceh/x,y.jpg",
            "https://asset.tribunnews.com/hA=/1200x675/filters:quality(30):format(webp)/aceh/x,y.jpg",
        ),
    ],
)
def test_an_address_is_made_absolute_and_kept_as_it_is(link: str, url: str) -> None:
    assert [photo[0] for photo in photos(f'<img class="imgfull" src="{link}">')] == [url]


@pytest.mark.parametrize(
    "credit",
    [
        "AFP/File",
        "Anatolii Stepanov / AFP",
        "SERAMBINEWS.COM/YENI HARDIKA",
        "handover",
        "IST",
        "DOK PRIBADI",
        "HO/Sainal",
        "Vico Amalo For Tribun-Papua.com",
        "YouTube Serambinews",
        "Budi Rahman",
        "Kolase Tribunnews.com: Kompas.com/Ani dan Instagram.",
        "Perahu di dermaga.",
    ],
)
@pytest.mark.parametrize(
    "caption",
    [
        "Perahu di dermaga.",
        "TRIBUNPALU.COM - Kantor bupati",
        "PERAHU HIAS - Perahu, Senin (20/7/2022).",
        "Perahu (kiri)",
    ],
)
def test_credit_and_caption_are_kept_as_printed(credit: str, caption: str) -> None:
    below = CREDIT.format(credit) + CAPTION.format(caption)
    assert photos(SHOWN + below) == [(JPG, credit, caption)]


@pytest.mark.parametrize(
    ("below", "credit", "caption"),
    [
        (CAPTION.format("Perahu."), None, "Perahu."),
        (CREDIT.format("IST"), "IST", None),
        (CREDIT.format("&nbsp;") + CAPTION.format(""), None, None),
        ("", None, None),
    ],
)
def test_what_is_not_printed_is_absent(below: str, credit: str | None, caption: str | None) -> None:
    assert photos(SHOWN + below) == [(JPG, credit, caption)]


@pytest.mark.parametrize(
    "below",
    [
        '<div class="credit-foto">AFP/File</div><div class="cap">Perahu di dermaga.</div>',
        "<small>lihat foto</small><span>AFP/File</span><p>Perahu di dermaga.</p>",
        '<span class="f11 white pa3">AFP/File</span><div class="arial f12 pt5 grey2">Perahu di dermaga.</div>',
        '<div class="f11 white pa3 fr"><span>AFP/File</span></div><div class="caption">Perahu di dermaga.</div>',
    ],
)
def test_two_lines_of_unknown_classes_are_credit_and_caption(below: str) -> None:
    assert photos(SHOWN + below) == [(JPG, "AFP/File", "Perahu di dermaga.")]


@pytest.mark.parametrize(
    ("title", "caption"),
    [
        ("title:Perahu.;", "Perahu."),
        ("title: Perahu.; description: x", "Perahu."),
        ("title:Perahu; jala;", "Perahu; jala"),
        ("title:;", None),
    ],
)
def test_the_enlarged_photo_tells_a_caption_that_is_not_printed(title: str, caption: str | None) -> None:
    link = f'<a href="{JPG}" class="glightbox" data-glightbox="{title}">{{}}</a>'
    around = link.format(SHOWN)
    beside = (
        link.format('<img src="https://cdn1.tstatic.net/img/zoom-in.svg"><small>lihat foto</small>') + SHOWN
    )
    assert photos(around) == photos(beside) == [(JPG, None, caption)]


@pytest.mark.parametrize(
    "cap", ["Perahu di dermaga.", "Perahu di dermaga", "PERAHU - Perahu, Senin (20/7/2022)."]
)
@pytest.mark.parametrize(
    "credit",
    [
        "TRIBUN/Ridho Hendrikos",
        "IST",
        "ist",
        "HO/Sainal",
        "Dok. Pribadi",
        "AFP/File",
        "YouTube Serambinews",
        "handover",
        "Kolase Tribunnews.com",
        "Instagram @ani",
        "Budi Rahman",
        "Humas Polres Sigli",
        "Getty Images via AFP",
        "Vico Amalo For Tribun-Papua.com",
        "Tangkapan Layar",
    ],
)
def test_final_brackets_are_the_credit(cap: str, credit: str) -> None:
    assert split_credit(f"{cap} ({credit})") == split_credit(f"{cap} ({credit}).") == (cap, credit)


@pytest.mark.parametrize(
    "inner",
    [
        "kiri",
        "tengah, baju putih",
        "dua dari kiri",
        "kedua dari kanan",
        "paling kiri",
        "20/7/2022",
        "Senin, 20/7/2022",
        "13:05 WIB",
        "56",
        "50 tahun",
        "berdiri",
        "mengenakan peci",
        "Persero",
        "alm",
    ],
)
def test_final_brackets_that_say_when_or_who_stands_where_are_no_credit(inner: str) -> None:
    for caption in (f"Perahu di dermaga ({inner})", f"Perahu di dermaga. ({inner})"):
        assert split_credit(caption) == (caption, None)


def test_an_abbreviation_in_brackets_is_a_credit_only_behind_a_finished_sentence() -> None:
    assert split_credit("Ketua partai (PKS)") == ("Ketua partai (PKS)", None)
    assert split_credit("Peta gempa di Sigli. (BMKG)") == ("Peta gempa di Sigli.", "BMKG")


def test_photos_are_numbered_over_the_pages_and_the_lead_counts_once() -> None:
    lead = SHOWN + BELOW
    first = Sheet(photo=lead, count=2, body="<p>Satu.</p>" + FIGURE.format("/b.jpg")).read()
    again = Sheet(
        photo=lead.replace("a.jpg", "a700.jpg"),
        count=2,
        number=2,
        body="<p>Dua.</p>" + FIGURE.format("/c.jpg"),
    ).read()
    shown = join({2: again, 1: first}).header.photos
    assert [(photo.position, photo.content_url[-5:]) for photo in shown] == [
        (1, "a.jpg"),
        (2, "b.jpg"),
        (3, "c.jpg"),
    ]


@pytest.mark.parametrize(
    ("image", "urls"),
    [
        (JPG, [JPG]),
        ([JPG], [JPG]),
        ({"@type": "ImageObject", "url": JPG}, [JPG]),
        ("https://cdn-1.tstatic.net/img/logo/tribun/tribunnews_v2.png", []),
        ("https://kabar.example/img/logo.png", []),
        ("", []),
    ],
)
def test_json_ld_stands_in_where_the_page_has_no_place_for_a_photo_and_a_logo_is_none(
    image: object, urls: list[str]
) -> None:
    ld = json.dumps({"@type": "NewsArticle", "image": image})
    sheet = Sheet(json_ld=ld, head='<meta property="og:image" content="https://kabar.example/img/logo.png">')
    page = sheet.html().replace('<div id="artimg"></div>', "")
    reading = read_page(page.encode(), url=URL, captured_at=CAPTURED[2022])
    assert [photo.content_url for photo in reading.photos] == urls
    assert sheet.read().photos == ()


@given(st.text(max_size=200))
def test_captions_are_split_without_raising(text: str) -> None:
    caption, credit = split_credit(text)
    assert (caption or "") in text
    assert (credit or "") in text
