"""The layout keeps its promises: no wrong arrow between the packages, no command that is only on paper."""

from __future__ import annotations

import ast
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from importlib.metadata import metadata, packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from crawler.cli import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("extractors", "archives", "corpora", "reading_room", "crawler")

# What may not be loaded, even by a roundabout way, when every module of the package is imported.
FOREIGN = {
    "extractors": {"archives", "crawler", "scrapy", "sqlite3", "twisted", "warcio"},
    "archives": {
        "corpora",
        "crawler",
        "extractors",
        "lxml",
        "reading_room",
        "scrapy",
        "trafilatura",
        "twisted",
    },
    "corpora": {"crawler", "extractors", "reading_room", "scrapy", "trafilatura", "twisted"},
    "reading_room": {"crawler", "extractors", "scrapy", "trafilatura", "twisted"},
}

# trafilatura needs it, and only a dependency of a dependency asks for it.
NEEDED_BUT_NOT_IMPORTED = {"lxml-html-clean"}

IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
modules = [found.name for found in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
for name in modules:
    importlib.import_module(name)
print(len(modules), *sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("package", FOREIGN)
def test_importing_every_module_loads_no_foreign_package(package: str) -> None:
    command = [sys.executable, "-W", "error", "-c", IMPORT_EVERYTHING, package]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stderr
    count, *loaded = answer.stdout.split()
    assert int(count) > 0
    assert FOREIGN[package].isdisjoint(loaded)


WRONG_IMPORTS = [
    ("extractors", "import scrapy"),
    ("extractors", "from twisted.internet import defer"),
    ("extractors", "import crawler.settings"),
    ("extractors", "from archives.warc import anything"),
    ("extractors", "from datetime import datetime\nseen = datetime.now()"),
    ("archives", "from scrapy.http import Response"),
    ("archives", "import twisted"),
    ("archives", "from crawler import settings"),
    ("archives", "from extractors.article import Article"),
    ("archives", "import corpora"),
    ("archives", "import reading_room"),
    ("corpora", "import scrapy"),
    ("corpora", "from crawler import settings"),
    ("corpora", "import reading_room"),
    ("reading_room", "import scrapy"),
    ("reading_room", "from crawler import settings"),
]


@pytest.mark.parametrize(("package", "code"), WRONG_IMPORTS)
def test_the_linter_refuses_a_wrong_import(package: str, code: str) -> None:
    answer = lint(f"{package}/portals/invented.py", code)

    assert answer.returncode == 1
    assert "TID251" in answer.stdout


def test_the_linter_lets_crawler_join_the_packages() -> None:
    answer = lint("crawler/invented.py", "import scrapy\nimport archives.warc\nimport extractors.article")

    assert answer.returncode == 0, answer.stdout


def lint(path: str, code: str) -> subprocess.CompletedProcess[str]:
    """Ruff's word on code that is nowhere on disk, under the configuration that rules at this path."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--select",
        "TID",
        "--output-format",
        "concise",
    ]
    command += ["--stdin-filename", str(ROOT / path), "-"]
    return subprocess.run(command, input=code + "\n", cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_scripts_of_the_readme_exist_and_run() -> None:
    scripts = set(re.findall(r"\bbin/\w+", README))

    assert {"bin/demo", "bin/test"} <= scripts
    assert [script for script in sorted(scripts) if not os.access(ROOT / script, os.X_OK)] == []


def test_the_readme_lists_the_commands_that_there_are() -> None:
    table = README.partition("\n## Commands\n")[2].partition("\n## ")[0]
    listed = set(re.findall(r"^\| `(\w+)", table, re.MULTILINE))

    assert listed
    assert listed == commands()


def test_the_help_lists_the_commands_that_there_are() -> None:
    assert set(COMMANDS) == commands()


def test_the_readme_names_no_other_command() -> None:
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", README, re.DOTALL))
    used = set(re.findall(r"\b(?:kliping|scrapy) ([a-z]+)\b", code))

    assert used - {"list"} <= commands()  # `scrapy list` is Scrapy's own


def commands() -> set[str]:
    found = pkgutil.iter_modules([str(ROOT / "crawler" / "commands")])
    return {module.name for module in found if not module.name.startswith("_")}


def test_the_installed_version_is_the_one_in_pyproject() -> None:
    assert version("kliping") == PYPROJECT["project"]["version"]


def test_the_declared_dependencies_are_those_that_the_code_imports() -> None:
    project = PYPROJECT["project"]
    lines = [
        *project["dependencies"],
        *project["optional-dependencies"]["corpus"],
        *project["optional-dependencies"]["fast"],
    ]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}

    assert declared - NEEDED_BUT_NOT_IMPORTED == imported_distributions()


def imported_distributions() -> set[str]:
    owners = packages_distributions()
    own = {*PACKAGES, *sys.stdlib_module_names}
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    roots = {name.partition(".")[0] for path in files for name in imported_names(path)} - own
    return {canonicalize_name(owners[root][0]) for root in roots}


def imported_names(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.append(node.module)
    return names


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)", text, re.MULTILINE))


def test_the_locks_hold_a_fitting_version_of_everything_declared() -> None:
    project = PYPROJECT["project"]
    locked = pins("requirements-dev.lock")
    extras = project["optional-dependencies"]
    declared = [*project["dependencies"], *extras["corpus"], *extras["fast"], *extras["dev"]]
    wanted = [Requirement(line) for line in (*declared, *PYPROJECT["build-system"]["requires"])]

    assert [str(need) for need in wanted if locked[canonicalize_name(need.name)] not in need.specifier] == []
    assert pins("requirements.lock").items() <= locked.items()


def test_nothing_that_the_product_runs_on_is_under_a_gnu_licence() -> None:
    """Kliping is under the Apache License. tld is offered under the MPL, too."""
    gnu = re.compile(r"GPL|GNU|Affero")
    found = {name for name in pins("requirements.lock") if gnu.search(licences(name))}

    assert found <= {"tld"}
    assert gnu.search(licences("surt"))


def licences(name: str) -> str:
    told = metadata(name)
    return "; ".join(
        [
            *(told.get_all("License-Expression") or []),
            *(text.splitlines()[0] for text in told.get_all("License") or [] if text),
            *(line for line in told.get_all("Classifier") or [] if line.startswith("License")),
        ]
    )


LOCKS = [
    "requirements.lock",
    "requirements-dev.lock",
    "tools-requirements.lock",
    *sorted(f"tests/readers/{path.name}" for path in (ROOT / "tests" / "readers").glob("*.lock")),
]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_place_of_one_machine(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert pins(lock)
    assert not re.search(r"://|--index|--find-links| /\w", text)
    assert text.count("==") == len(re.findall(r"==\S+.*\\\n    --hash=sha256:", text))


def test_the_repository_holds_no_link_and_no_place_of_one_machine() -> None:
    """A link to where .tools lay on one machine was once committed, and no other machine could set up."""
    listed = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")

    modes = {line.partition("\t")[2]: line.split()[0] for line in listed.stdout.splitlines()}
    assert "README.md" in modes
    assert [name for name, mode in modes.items() if mode not in {"100644", "100755"}] == []


def test_what_the_set_up_makes_is_ignored_as_a_folder_and_as_a_link(tmp_path: Path) -> None:
    if subprocess.run(["git", "init", "-q", tmp_path], check=False).returncode != 0:
        pytest.skip("git is not here")
    (tmp_path / ".gitignore").write_bytes((ROOT / ".gitignore").read_bytes())
    (tmp_path / ".tools").symlink_to(tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "file").touch()

    answer = subprocess.run(
        ["git", "-C", tmp_path, "status", "--short"], capture_output=True, text=True, check=True
    )

    assert answer.stdout == "?? .gitignore\n"
