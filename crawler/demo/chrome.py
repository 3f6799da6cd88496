"""Everything on a page that is not the article: what a careless extractor would let through.

The boxes, their classes and their order are those of the network's pages (menus, network list, sidebar,
comments, footer); the words in them are invented.
"""

# ruff: noqa: E501 - templates read best when an element is one line
from __future__ import annotations

from functools import lru_cache
from html import escape

from crawler.demo.story import DemoArticle, Site

# The year of the capture, on pages of every age: it says nothing about the publication.
COPYRIGHT_YEAR = 2026
_BIDDERS = ("utama", "samping", "bawah", "tengah", "apung")


# Cached: the same titles and names stand in many boxes of many pages.
@lru_cache(maxsize=4096)
def esc(text: str) -> str:
    """Text for an element or a double-quoted attribute; apostrophes stay, as on the real pages."""
    return escape(text, quote=False).replace('"', "&quot;")


def ad_slot(name: str) -> str:
    """An advertisement place with its script."""
    return (
        f"<div id='div-{name}' style='text-align:center;margin:auto'><script type='text/javascript'>"
        f"googletag.cmd.push(function() {{ googletag.display('div-{name}'); }});</script></div>"
    )


def head_scripts(site: Site, section: str) -> str:
    """Advertising set-up as it stands in the head."""
    slots = "\n".join(
        f"\tvar slot{n} = googletag.defineSlot('/318/{esc(site.outlet)}/{esc(section)}', [[300, 600],[300, 250]],"
        f" 'div-Right-MediumRectangle-{n}');\n\tslot{n}.setTargeting('pos',['RightMediumRectangle-{n}']);\n"
        f"\tslot{n}.setTargeting('page',['article']);\n\tslot{n}.addService(googletag.pubads());"
        for n in range(1, 5)
    )
    units = ",".join(
        f'{{code:"div-{name}",mediaTypes:{{banner:{{sizes:[[728,90],[970,250]]}}}},bids:[{{bidder:"{name}",'
        f"params:{{placementId:{1_660_000 + n * 371}}}}}]}}"
        for n, name in enumerate(_BIDDERS)
    )
    return f"""<script async src="https://iklan.example/tag/js/gpt.js"></script>
<script>
var PREBID_TIMEOUT=1000;var FAILSAFE_TIMEOUT=3000;var adUnits=[{units}];
var googletag=googletag||{{}};googletag.cmd=googletag.cmd||[];
</script>
<script type='text/javascript'>
googletag.cmd.push(function() {{
{slots}
	document.addEventListener("DOMContentLoaded", function(event){{
		var content = document.getElementsByClassName("txt-article")[0].innerText;
		var gpt_safe = content.match(/\\b(banjir|gempa|kecelakaan|korban|pidana|polisi|tersangka|viral)\\b/i);
		googletag.pubads().setTargeting('safe_branding', gpt_safe ? 'no' : 'yes');
	}});
	googletag.pubads().enableSingleRequest();
	googletag.enableServices();
}});
</script>
<style>
p.baca {{padding:10px 0 10px 30px;border-top:1px solid #efefef;margin:0 0 25px 0;background-color:#fbfbfb}}
p.baca a {{color:#016fba;font-style:italic}}
.txt-article li {{list-style:square}}
</style>"""


def top(site: Site, date: str) -> str:
    """The page's head line: logo, today's date, search, network list, login, main menu."""
    network = "\n".join(
        f'<li><a href="{site.scheme}://{host}/" title="{esc(name)}" target="_blank">{esc(name)}</a></li>'
        for host, name in site.network
    )
    menu = "\n".join(
        f'<li><a href="{site.root}/{name.lower()}" title="{esc(name)}">{esc(name)}</a></li>'
        for name in site.sections
    )
    return f"""<noscript><iframe src="https://tags.example/ns.html?id=GTM-DEMO" height="0" width="0" style="display:none"></iframe></noscript>
<div id="skinads"><div id="anchorads" class="pos_rel">{ad_slot("Premium-Topframe")}</div></div>
<div class="popupbb-overlay" style="display:none"><div class="popupbb">Iklan akan hilang dalam 5 detik</div></div>
<div class="tapp-banner hide"><a href="https://aplikasi.example/">{esc(site.strip)}</a></div>
<div class="thead">
<div class="theader">
<div class="tlogo"><a href="{site.root}/" title="{esc(site.brand)}"><img src="{site.root}/img/logo.png" alt="{esc(site.brand)}" height="40" /></a></div>
<ul>
<li class="fbo2 grey ar">{esc(date)}</li>
<li class="havc search blue"><i class="fa fa-search fa-lg mr10"></i><span class="fbo2">Cari</span>
<div class="submenu"><form action="{site.root}/search" id="cse-search-box"><input name="q" type="text" class="inputsearch" placeholder="Cari Berita" lang="id"/></form></div></li>
<li class="havc tn"><div class="fl fbo2 blue">Network</div>
<div class="submenu"><div class="tnetwork"><ul class="lsihomeloc">
{network}
</ul><div class="cl2 bdr mb10 mt5"></div><ul class="lsihomeloc">
<li><a href="https://karir.example/" title="Karir" target="_blank">Karir</a></li>
<li><a href="https://epaper.example/" title="Epaper" target="_blank">Epaper</a></li>
</ul></div></div></li>
<li class="havc user" id="userid"><a href='#' id='login' rel='nofollow' class='blue' title="Login">Login</a>
<div class='submenu submenu-login'><span class="fbo2 grey">Belum punya akun?</span> <a href='{site.root}/auth/register' rel='nofollow'>Mendaftar</a></div></li>
</ul>
</div>
</div>
<div id="fixposmenu"></div>
<div class="main-menu"><div><ul>
<li class="homeicn"><a href="{site.root}/" title="{esc(site.brand)}">Home</a></li>
{menu}
<li><a href="{site.root}/index-news" title="Indeks Berita">Indeks Berita</a></li>
</ul></div></div>
<div class="cl2"></div>"""


def recommended(article: DemoArticle) -> str:
    """The boxes below the article: recommendations and the comments."""
    items = "\n".join(
        f'<div class="fl mr10 artohtitm ovh"><a href="{url}" title="{esc(title)}"><div class="pos_rel">'
        f'<img src="{article.site.images}/img/kosong.png" width="130" height="97" class="shou2" alt="{esc(title)}" /></div></a>'
        f'<h3 class="pt5"><a href="{url}" title="{esc(title)}" class="fbo2 f14 al">{esc(title[:60])}&#8230;</a></h3></div>'
        for title, url in article.recommended
    )
    return f"""<div class="bsh ovh mb20 artoht" id="artoht">
<div class="f22 tsa2 tap p150 f300"><h2 class="f300 f24 "><span class="blue2 bdrblue">BERITA</span> <span class="red">REKOMENDASI</span></h2><div class="mt5 bdr"></div></div>
<div>{items}<div class="cl2"></div></div>
</div>
<div class="mb20 rekomendasi"><div class="f18 fbo2">Rekomendasi untuk Anda</div>{ad_slot("NativeAds-Recommended")}</div>
<div class="bsh mb20 artoht" id="comments">
<div class="f22 tsa2 pa15 red bsht f300">KOMENTAR</div>
<div class="pa20"><div class="fb-comments" data-href="{article.url}" data-numposts="20"></div>
<p class="grey f12">Isi komentar sepenuhnya menjadi tanggungan penulisnya.</p></div>
</div>"""


def choice_box(article: DemoArticle) -> str:
    """ "Pilihan untukmu": a list of other articles inside a `div.side-article`, of all places."""
    items = "\n".join(
        f'<li><a href="{url}" title="{esc(title)}">{esc(title)}</a><p>Simak selengkapnya di kanal {esc(article.site.brand)}.</p></li>'
        for title, url in article.recommended
    )
    return (
        '<div class="side-article mb20"><div id="widget_pilihanuntukmu_article">'
        f'<div class="f20 fbo2">Pilihan Untukmu</div><ul>{items}</ul></div></div>'
    )


def follow_us(site: Site) -> str:
    """The "Ikuti kami" strip and the messenger box under an article."""
    name = site.outlet.partition(".")[0].lower()
    links = "".join(
        f'<a href="https://{network}.example/{name}" class="ac white rd2 mb10 f14 dip p515 mr5" title="{network.title()}"'
        f' target="_blank"><i class="fa fa-{network} fa-lg"></i></a>'
        for network in ("facebook", "twitter", "instagram", "youtube")
    )
    return f"""<div class="bor1 pt10 plr10 bggrey2"><span class="f800 mr10 f16 grey">Ikuti kami di</span>{links}</div>
<div class="wa-box mb20"><div class="fbo2">Dapatkan Berita Pilihan</div><div>di WhatsApp Anda</div><a href="https://pesan.example/{name}">Baca WhatsApp {esc(site.brand)}</a><span class="close">×</span></div>
<div class="reserved_box_ads"><small>Ads you may like.</small>{ad_slot("NativeAds-BelowTJB")}</div>"""


def sidebar(article: DemoArticle) -> str:
    """The right column: newest articles, whose times are the sidebar's, not the article's."""
    hours = (1, 3, 6, 9, 11, 14)
    items = "\n".join(
        _sidebar_item(article, n, title, url)
        for n, (title, url) in zip(hours, article.recommended, strict=False)
    )
    return f"""<div class="fr w300" id="boxright"><div id="boxright_fix">
{ad_slot("Right-MediumRectangle-1")}
<div class="bsh mb20"><div class="f22 pa15 bsht f300"><span class="blue2">BERITA</span> <span class="red">POPULER</span></div>
<ul class="lsi" id="latestul">
{items}
</ul></div>
<div class="bsh mb20"><div class="f22 pa15 bsht f300">Berita Terkini</div>{ad_slot("NativeAds-Populer-1")}</div>
<div class="belanja-picks"><h4>Belanja Pilihan</h4><p>Panci, wajan, dan kebutuhan dapur lain dengan harga khusus pekan ini.</p></div>
<div class="tvp-stage"><h4>Video Pilihan</h4><a href="{article.site.root}/video">Lihat semua video</a></div>
{ad_slot("Right-MediumRectangle-2")}
{footer(article.site)}
</div><div id="boxright_fixb" class="show"></div></div>"""


def _sidebar_item(article: DemoArticle, hours: int, title: str, url: str) -> str:
    return f"""<li class='pb15 art-list pos_rel'>
<div class="fr pos_rel"><a href="{url}" title="{esc(title)}"><img src="{article.site.images}/img/kosong.png" class="pa5 shou bgwhite" width="90" alt="" /></a></div>
<div class="mt5 mr110"><h3><a href="{url}" title="{esc(title)}" class="fbo2 f15 txt-oev-3">{esc(title)}</a></h3>
<div class="grey pt5">&nbsp;<span class="fa fa-clock-o mr5"></span> <time class="grey foot timeago" title="{COPYRIGHT_YEAR}-11-20 0{hours % 10}:37:46">{hours} jam lalu</time></div></div>
<div class="sharecot pos_abs nw" data-href="{url}" data-title="{esc(title)}"></div><div class="cl2"></div></li>"""


def footer(site: Site) -> str:
    """The copyright line with its links."""
    pages = ("about", "help", "privacy-policy", "terms", "contact-us", "pedoman", "redaksi", "info-iklan")
    links = ' <span class="f10 grey pl5 pr5">&#8226;</span> '.join(
        f'<h6 class="dip"><a class="grey" href="{site.root}/{page}" title="{page}">{page.replace("-", " ").title()}</a></h6>'
        for page in pages
    )
    return f"""<div class="f12 mb15"><div class="nw dip"><h5>&copy; {COPYRIGHT_YEAR} {esc(site.outlet)},a subsidiary of <a href="https://grup.example/" target="_blank">Grup Contoh</a>.</h5></div>
<div class="nw dip"><h5>All Right Reserved</h5></div><div class="nw dip">{links}</div></div>"""


def bottom() -> str:
    """Scripts and the way back to the top."""
    return """<div class="ontop hide"><a href="#top">Atas</a></div>
<div id="banner_article_slide" class="hide"><a href="https://belanja-nusantara.example/">Geser untuk melihat promo</a></div>
<script type="text/javascript">
jQuery(function($) {
	function moveScroller2() {
		var move2 = function() {
			var s2 = $("#share"), st2 = $(window).scrollTop(), ot2 = $("#fixads").offset().top - 105;
			if(st2 > ot2) { s2.css({position: "fixed", top: 65}); } else { s2.css({position: "relative", top: "0px"}); }
		};
		$(window).scroll(move2);
		move2();
	}
	$(document).ready(function(){ moveScroller2(); });
});
</script>
<script>
var lightboxDescription = GLightbox({selector: "glightbox", touchNavigation: "true"});
</script>"""


def filler(article: DemoArticle, size: int) -> str:
    """About `size` more bytes of what large pages are large with: script, and lists of other articles."""
    pieces: list[str] = []
    length, number = 0, 0
    while length < size:
        piece = _filler_script(number) if number % 2 else _filler_list(article, number)
        pieces.append(piece)
        length += len(piece)
        number += 1
    return "".join(pieces)


@lru_cache(maxsize=64)
def _filler_script(number: int) -> str:
    units = ",".join(
        f'{{bidder:"penawar{n % 7}",params:{{placementId:{(number * 7919 + n * 104_729) % 10_000_000},size:[300,{90 + n}]}}}}'
        for n in range(40)
    )
    return f"<script type='text/javascript'>var unit{number}=[{units}];googletag.cmd.push(function(){{pbjs.addAdUnits(unit{number})}});</script>\n"


def _filler_list(article: DemoArticle, number: int) -> str:
    links = article.recommended or ((article.site.brand, article.site.root),)
    items = (links[(number + step) % len(links)] for step in range(8))
    return (
        f'<div class="bsh mb20 terkait{number % 9}"><div class="f22">Berita Terkait</div><ul class="lsi">'
        + "".join(_sidebar_item(article, 1 + step, title, url) for step, (title, url) in enumerate(items))
        + "</ul></div>\n"
    )
