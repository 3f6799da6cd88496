"""The peers: other people's programs over the same pages, each in the way that its users would begin with."""

from __future__ import annotations

import gzip
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from tests.benchmarks.bench import (
    ROOT,
    Bench,
    BenchmarkError,
    Figures,
    LeftOutError,
    module,
    of_peer,
    program,
    quiet,
    size_of,
)  # fmt: skip
from tests.benchmarks.measure import cpu_of, highest_resident

SAMPLE = 300
"""Pages for those that take more than a tenth of a second for each."""
SMALL_SAMPLE = 60
"""Pages for the slowest."""
# What wget may follow: the lists without a date, articles and their further pages; not AMP, tags, sections.
_FOLLOWED = (
    r"^http://[a-z]+\.kabarnusa\.localhost"
    r"(/robots\.txt|/index-news(\?page=[0-9]+)?|/([0-9]{4}/[0-9]{2}/[0-9]{2}|[a-z]+/[0-9]+)/[^/?]+(\?page=[0-9]+)?)$"
)
_NOWHERE = "http://127.0.0.1:9"
"""As a proxy: whoever wants something of the network is refused at once."""


def wget(bench: Bench) -> Figures:
    """`wget -r --warc-file` asks for no compression, and compresses the records itself."""
    return _wget(bench, "wget")


def wget_as_sent(bench: Bench) -> Figures:
    """The same with `--compression=auto`."""
    told = subprocess.run([program("wget"), "--help"], capture_output=True, text=True, check=True).stdout
    if "--compression" not in told:
        raise LeftOutError("this wget knows no --compression")
    return _wget(bench, "wget-as-sent", "--compression=auto")


def _wget(bench: Bench, name: str, *options: str) -> Figures:
    folder = bench.folder / name
    folder.mkdir()
    position = bench.served.position()
    command = [
        program("wget"), "-r", "-l", "inf", "-nv", "-H", "-D", "kabarnusa.localhost", *options,
        "-P", str(folder / "files"), f"--warc-file={folder / 'wget'}", "--accept-regex", _FOLLOWED,
        *(f"http://{host}.kabarnusa.localhost/index-news?page=1" for host in ("pesisir", "lembah")),
    ]  # fmt: skip

    def check() -> Figures:
        wanted = {url.removeprefix("http://") for url in bench.site.urls}
        got = {address for status, address in bench.served.answers(position) if status == 200}
        if wanted - got:
            raise BenchmarkError(
                f"{name}: {len(wanted - got):,} pages were not fetched, as {min(wanted - got)}"
            )
        return {"warc_mb": size_of(folder, "wget*.warc.gz") / 1e6 * 1000 / bench.pages}

    # 8: a server has answered with an error, as it does for what is gone
    return bench.run(name, command, pages=bench.pages, check=check, may_end_with=(0, 8))


def curl(bench: Bench) -> Figures:
    """Fetching alone: nothing is kept."""
    config = bench.folder / "curl.conf"
    config.write_text("".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in bench.site.urls))
    command = [program("curl"), "--silent", "--show-error", "--fail", "--compressed", "--config", str(config)]
    return bench.run("curl", command, pages=bench.pages)


def floor(bench: Bench) -> Figures:
    """What a crawl cannot do without, step by step."""
    folder, listing = _prepared(bench, "floor", bench.site.urls)

    def check() -> Figures:
        _check_titles("floor", folder, bench.pages)
        return {f"{name}_ms": found for name, found in json.loads((folder / "steps").read_text()).items()}

    return bench.run("floor", module("floor", str(listing), str(folder)), pages=bench.pages, check=check)


def plain_scrapy(bench: Bench) -> Figures:
    """The same article pages, a title from each, nothing kept."""
    return _scrapy(bench, "plain", bench.site.urls)


def archiving_scrapy(bench: Bench) -> Figures:
    """Archive with warcio and extract with trafilatura in the callback, over a sample from all years."""
    return _scrapy(bench, "archiving", bench.sample(SAMPLE))


def _scrapy(bench: Bench, which: str, urls: Sequence[str]) -> Figures:
    folder, listing = _prepared(bench, which, urls)

    def check() -> Figures:
        _check_titles(which, folder, len(urls))
        warc = folder / "peer.warc.gz"
        return {"warc_mb": warc.stat().st_size / 1e6 * 1000 / len(urls)} if warc.exists() else {}

    command = module("peers", which, str(listing), str(folder))
    return bench.run(f"scrapy-{which}", command, pages=len(urls), check=check)


def trafilatura(bench: Bench) -> Figures:
    """Its command line over saved pages: extraction only. It starts a process for each core by itself."""
    urls = bench.sample(SAMPLE)
    folder, _ = _prepared(bench, "trafilatura", urls)
    pages, out = folder / "saved", folder / "out"
    pages.mkdir()
    for number, url in enumerate(urls):
        (pages / f"{number}.html").write_bytes(gzip.decompress(bench.site.file_of(url).read_bytes()))
    script = str(Path(sys.executable).with_name("trafilatura"))
    command = [script, "--input-dir", str(pages), "--output-dir", str(out), "--json", "--with-metadata"]

    def check() -> Figures:
        found = sum(path.stat().st_size > 0 for path in out.rglob("*.json"))
        if found != len(urls):
            raise BenchmarkError(f"trafilatura: {found:,} of {len(urls):,} pages gave a file")
        return {}

    return bench.run("trafilatura", command, pages=len(urls), check=check)


def news_please(bench: Bench) -> Figures:
    """`NewsPlease.from_html` over saved pages: extraction only; it crawls with Scrapy, too."""
    python, urls = of_peer("news-please"), bench.sample(SMALL_SAMPLE)
    folder, listing = _prepared(bench, "news-please", ())
    lines = []
    for number, url in enumerate(urls):
        page = folder / f"{number}.html"
        page.write_bytes(gzip.decompress(bench.site.file_of(url).read_bytes()))
        lines.append(f"{page} {url}\n")
    listing.write_text("".join(lines))
    script = str(ROOT / "tests" / "benchmarks" / "peers.py")
    # It would fetch the list of public suffixes.
    nowhere = ["env", "-u", "no_proxy", f"http_proxy={_NOWHERE}", f"https_proxy={_NOWHERE}"]
    command = [*nowhere, python, script, "news-please", str(listing), str(folder)]

    def check() -> Figures:
        _check_titles("news-please", folder, len(urls))
        return {}

    return bench.run("news-please", command, pages=len(urls), check=check)


def warcprox(bench: Bench) -> Figures:
    """What passes is archived: curl through warcprox. CPU and memory are those of the proxy alone."""
    folder, _ = _prepared(bench, "warcprox", ())
    command = [
        of_peer("warcprox", "warcprox"), "-p", "0", "-b", "127.0.0.1", "-z", "-d", str(folder / "warcs"),
        "-c", str(folder / "ca.pem"), "--certs-dir", str(folder / "certs"),
        "--stats-db-file", "/dev/null", "-j", "/dev/null", "--crawl-log-dir", str(folder),
    ]  # fmt: skip
    config, log = folder / "curl.conf", folder / "log"
    direct = [url.replace("http://", f"{bench.served.direct}/", 1) for url in bench.site.urls]
    config.write_text("".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in direct))
    before = bench.served.position()
    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=out, env=quiet(), cwd=folder) as proxy,
    ):
        try:
            address = _announced(log, proxy)
            begin = time.monotonic()
            fetch = [
                "curl",
                "-sS",
                "--fail",
                "--compressed",
                "--noproxy",
                "",
                "-x",
                address,
                "-K",
                str(config),
            ]
            subprocess.run([program("curl"), *fetch[1:]], check=True, cwd=folder)
            _wait_until(lambda: _written(address) >= bench.pages)
            cpu, wall, peak = cpu_of(proxy.pid), time.monotonic() - begin, highest_resident(proxy.pid)
        finally:
            proxy.send_signal(signal.SIGTERM)
    requests = bench.served.statuses(before)
    if requests[200] != bench.pages:
        raise BenchmarkError(f"warcprox: {requests[200]:,} of {bench.pages:,} pages went through it")
    per = 1000 / bench.pages
    return {
        "cpu": cpu * per, "cpu_total": cpu, "wall": wall * per, "wall_total": wall, "peak_mb": peak / 1e6,
        "pages": bench.pages, "requests": requests.total(),
        "warc_mb": size_of(folder / "warcs") / 1e6 * per,
    }  # fmt: skip


def _announced(log: Path, process: subprocess.Popen[bytes]) -> str:
    found: list[str] = []

    def look() -> bool:
        if process.poll() is not None:
            raise BenchmarkError(f"warcprox has ended: {log.read_text()[-2000:]}")
        found.extend(re.findall(r"listening on (127\.0\.0\.1:\d+)", log.read_text()))
        return bool(found)

    _wait_until(look)
    return f"http://{found[0]}"


def _written(address: str) -> float:
    """How many records warcprox has written, as it tells on its status page."""
    with build_opener(ProxyHandler({})).open(f"{address}/status", timeout=30) as answer:
        told = json.load(answer)
    return float(told["urls_processed"]) if not told["queued_urls"] else -1.0


def _wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise BenchmarkError("warcprox: it did not come to its end within a minute")
        time.sleep(0.1)


def _prepared(bench: Bench, name: str, urls: Sequence[str]) -> tuple[Path, Path]:
    """A folder for a peer, and in it a list of addresses."""
    folder = bench.folder / name
    folder.mkdir()
    listing = folder / "urls.txt"
    listing.write_text("\n".join(urls))
    return folder, listing


def _check_titles(name: str, folder: Path, wanted: int) -> None:
    found = int((folder / "pages").read_text())
    if found != wanted:
        raise BenchmarkError(f"{name}: {found:,} of {wanted:,} pages had a title")
