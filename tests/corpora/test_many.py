"""The generated collections that other tests and the benchmarks stand on are what a crawl would have left."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from archives import sidecar
from archives.catalogue import Catalogue
from tests.support import many


def test_generated_sidecars_fit_the_schema_and_are_written_as_a_crawl_writes_them(tmp_path: Path) -> None:
    collection = many.fill(tmp_path / "many", 50)
    catalogue = Catalogue(collection.catalogue, read_only=True)
    places = [path for _, _, path in catalogue.numbered_sidecars()]
    catalogue.close()
    assert len(places) == sum(many.versions_of(number) for number in range(50)) == 56
    for place in places:
        record = sidecar.load(collection.root / place)
        sidecar.check(record)
        assert str(sidecar.place(record)) == place
        assert (collection.root / place).read_bytes() == sidecar.to_bytes(record)


def test_generated_articles_are_the_same_every_time(tmp_path: Path) -> None:
    one, other = many.fill(tmp_path / "one", 30), many.fill(tmp_path / "other", 40)
    kept = {path.relative_to(one.root): _digest(path) for path in one.articles.rglob("*.json")}
    assert kept == {path: _digest(other.root / path) for path in kept}
    assert len(kept) < len(list(other.articles.rglob("*.json")))


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
