"""Other people's readers open what `kliping export` writes, offline, each in an environment of its own.

`bin/tools` makes the environments from the locks in this folder. The examples of docs/corpus.md are run as
they stand there.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.corpora import exports
from tests.replay import tools
from tests.support import many
from tests.support.needed import missing

pytestmark = pytest.mark.slow

READERS = Path(__file__).parent
COUNT = 120
WANTED = 29
"""The article whose whole row is compared; the newest of its two versions."""
FORMATS = ("jsonl", "parquet", "hf", "csv")
SCRIPTS = (
    "datasets hf", "datasets jsonl", "datasets parquet", "datasets csv",
    "datatrove jsonl", "datatrove parquet", "duckdb jsonl", "duckdb parquet", "duckdb csv",
    "polars jsonl", "polars parquet", "mlcroissant hf",
)  # fmt: skip
DOCUMENT = (tools.ROOT / "docs" / "corpus.md").read_text("utf-8")
EXAMPLES = re.findall(r"### (\w+)\n\n```python\n(.*?)```", DOCUMENT, re.DOTALL)


@dataclass(frozen=True, slots=True)
class Corpora:
    """The same articles in every format, in folders named as in docs/corpus.md, and the row to compare."""

    root: Path
    row: dict[str, object]

    def folder(self, format_name: str) -> Path:
        return self.root / f"corpus-{format_name}"


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Corpora:
    root = tmp_path_factory.mktemp("readers")
    collection = many.fill(root / "many", COUNT)
    for format_name in FORMATS:
        exports.make(collection, root / f"corpus-{format_name}", format_name, shard_bytes=1 << 16)
    rows = exports.rows_of(root / "corpus-jsonl")
    return Corpora(root, next(row for row in rows if row["url"] == many.address_of(WANTED)))


def run(reader: str, *words: object, cwd: Path) -> str:
    """Run Python in a reader's environment, without a network."""
    python = tools.TOOLS / "readers" / reader / "bin" / "python"
    if not python.exists():
        missing(f".tools/readers/{reader} is not there; run bin/tools")
    caches = {"HF_HOME": str(cwd / "hf"), "POLARS_TEMP_DIR": str(cwd), "HOME": str(cwd)}
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    ended = subprocess.run(
        [str(python), *map(str, words)],
        capture_output=True, text=True, check=False, timeout=600, cwd=cwd,
        env=tools.environment() | caches | offline,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_reader_finds_every_row_and_a_row_as_it_was_exported(corpora: Corpora, script: str) -> None:
    reader, format_name = script.split()
    folder = corpora.folder(format_name)
    answer = run(reader, READERS / "read.py", script, folder, corpora.row["id"], cwd=corpora.root)
    told = json.loads(answer.splitlines()[-1])
    assert told["rows"] == COUNT
    found = {name: _as_exported(told["row"].get(name), value) for name, value in corpora.row.items()}
    if format_name == "csv":
        assert found == _flat(corpora.row)
        return
    assert found == corpora.row
    if reader == "datasets" and format_name == "hf":
        shards = json.loads((folder / "export.json").read_bytes())["shards"]
        assert sum(told["splits"].values()) == COUNT
        rows: dict[str, int] = {}
        for shard in shards:
            rows[shard["split"]] = rows.get(shard["split"], 0) + shard["rows"]
        assert told["splits"] == rows
        assert set(rows) == {"train", "validation", "test"}


def _as_exported(value: object, wanted: object) -> object:
    """Some readers of JSON lines and CSV make instants of our texts, in UTC; the same instant is the same."""
    if isinstance(value, str) and isinstance(wanted, str) and _INSTANT.fullmatch(wanted):
        read = datetime.fromisoformat(value)
        if read.replace(tzinfo=read.tzinfo or UTC) == datetime.fromisoformat(wanted):
            return wanted
    return value


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


def _flat(row: dict[str, object]) -> dict[str, object]:
    """What readers of CSV make of a row: lists stay text, nothing is null."""
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
        for name, value in row.items()
    }


def test_croissant_is_valid(corpora: Corpora) -> None:
    answer = run(
        "mlcroissant",
        READERS / "read.py", "mlcroissant hf", corpora.folder("hf"), corpora.row["id"], cwd=corpora.root,
    )  # fmt: skip
    assert "error" not in json.loads(answer.splitlines()[-1])["issues"].lower()


def test_every_reader_has_an_example() -> None:
    assert {reader for reader, _ in EXAMPLES} == {lock.stem for lock in READERS.glob("*.lock")}
    assert all(len(code.splitlines()) <= 12 for _, code in EXAMPLES)


@pytest.mark.parametrize(("reader", "code"), EXAMPLES)
def test_an_example_of_the_documentation_runs_as_it_stands_there(
    corpora: Corpora, reader: str, code: str
) -> None:
    script = corpora.root / f"example-{reader}.py"
    script.write_text(code, "utf-8")
    assert str(COUNT) in run(reader, script, cwd=corpora.root)
