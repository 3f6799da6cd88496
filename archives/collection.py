"""A collection on disk: the only place that knows names of folders and files.

COLLECTION/
  collection.json      what this is, who keeps it, the format's version, which WARC files are foreign
  archive/             WARC files; `.open` until closed
  articles/            one sidecar per article version
  catalogue.sqlite     runs, captures, pages, articles, what became of each URL
  removals.jsonl       tombstones: which articles were removed, when, why and by whom, if any were
  removed/             sidecars of removed articles, at the paths that they had here
  reports/  logs/  indexes/
"""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from archives.durable import make_folder, write_file
from archives.errors import CollectionBusyError, CollectionError, WriteError
from archives.moments import to_stamp, to_w3c

FORMAT_VERSION = 1
OPEN_SUFFIX = ".open"
_UNSAFE = re.compile(r"[^A-Za-z0-9.]+")
_WARC_SERIAL = re.compile(r".*-\d{8}T\d{6}Z-(\d{5,})-")
_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Collection:
    """The folder of one collection. Making the value touches nothing on disk."""

    root: Path

    @property
    def manifest(self) -> Path:
        return self.root / "collection.json"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def articles(self) -> Path:
        return self.root / "articles"

    @property
    def catalogue(self) -> Path:
        return self.root / "catalogue.sqlite"

    @property
    def removals(self) -> Path:
        return self.root / "removals.jsonl"

    @property
    def removed(self) -> Path:
        """Below it sidecars of removed articles have the paths that they had below the collection."""
        return self.root / "removed"

    @property
    def indexes(self) -> Path:
        return self.root / "indexes"

    @property
    def index(self) -> Path:
        return self.indexes / "index.cdxj"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def lock_file(self) -> Path:
        return self.root / ".lock"

    @property
    def name(self) -> str:
        """The collection's name: that of the manifest, else of the folder."""
        return str(self._read_manifest().get("name") or self._folder_name())

    @property
    def contact(self) -> str | None:
        """Whom to write to about the collection, as its manifest has it."""
        contact = self._read_manifest().get("contact")
        return str(contact) if contact else None

    @property
    def warc_prefix(self) -> str:
        """How the names of this collection's own WARC files begin, also where the manifest is broken."""
        try:
            return _safe(self.name) or "kliping"
        except CollectionError:
            return self._folder_name()

    def is_newer(self) -> bool:
        """Whether a newer Kliping wrote it."""
        try:
            version = self._read_manifest().get("formatVersion")
        except CollectionError:
            return False
        return isinstance(version, int) and version > FORMAT_VERSION

    def _folder_name(self) -> str:
        return _safe(self.root.resolve().name) or "kliping"

    def exists(self) -> bool:
        return self.manifest.is_file()

    def create(self, *, operator: str | None, contact: str | None, software: str, now: datetime) -> None:
        """Make the folders and the manifest; an existing collection is left as it is.

        Raises:
            CollectionError: the folder holds something else, or a newer format.
            WriteError: the folder cannot be written.
        """
        if self.exists():
            self.check_format()
            return
        try:
            self._refuse_foreign_folder()
            for folder in self._folders():
                make_folder(folder)
        except OSError as error:
            raise WriteError(
                f"{self.root}: cannot be created ({error.strerror}); name a writable folder with --collection"
            ) from error
        manifest = {
            "name": self._folder_name(),
            "formatVersion": FORMAT_VERSION,
            "created": to_w3c(now),
            "operator": operator,
            "contact": contact,
            "software": software,
        }
        self._write_manifest(manifest)

    def _folders(self) -> tuple[Path, ...]:
        return (self.archive, self.articles, self.indexes, self.reports, self.logs)

    def _refuse_foreign_folder(self) -> None:
        """Only an empty folder becomes a collection, or one whose making was interrupted (ours, empty)."""
        if not self.root.is_dir():
            return
        ours = {*self._folders(), self.lock_file}
        for path in self.root.iterdir():
            if path.name.startswith(f".{self.manifest.name}."):
                continue
            if path not in ours or (path.is_dir() and any(path.iterdir())):
                raise CollectionError(
                    f"{self.root}: is not empty and not a collection (it holds {path.name} and no "
                    f"{self.manifest.name}); name a new or empty folder with --collection"
                )

    def check_format(self) -> None:
        """Refuse what this version cannot keep promises about.

        Raises:
            CollectionError: no collection here, a broken manifest, or one of a newer format.
        """
        if not self.exists():
            raise CollectionError(
                f"{self.root}: no collection here (no collection.json); name its folder with --collection"
            )
        version = self._read_manifest().get("formatVersion")
        if version != FORMAT_VERSION:
            raise CollectionError(
                f"{self.manifest}: format version {version!r}, this Kliping reads {FORMAT_VERSION}; "
                "use the Kliping that wrote it, or a newer one"
            )

    def adopted(self) -> dict[str, dict[str, object]]:
        """WARC files of other tools that were taken in: what the manifest says of each, by file name."""
        found = self._read_manifest().get("adopted")
        return dict(found) if isinstance(found, dict) else {}

    def note_adopted(self, name: str, entry: Mapping[str, object]) -> None:
        """Remember where a foreign file came from.

        Raises:
            WriteError: the manifest cannot be written.
        """
        manifest = self._read_manifest()
        manifest["adopted"] = {**self.adopted(), name: dict(entry)}
        self._write_manifest(manifest)

    def _write_manifest(self, manifest: Mapping[str, object]) -> None:
        write_file(self.manifest, (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())

    def _read_manifest(self) -> dict[str, object]:
        try:
            manifest = json.loads(self.manifest.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise CollectionError(
                f"{self.manifest}: cannot be read ({error}); restore it from a backup"
            ) from error
        if not isinstance(manifest, dict):
            raise CollectionError(f"{self.manifest}: is not a JSON object; restore it from a backup")
        return manifest

    def warc_name(self, serial: int, now: datetime) -> str:
        """`NAME-TIMESTAMP-SERIAL-HOST.warc.gz`, as the IIPC WARC implementation guidelines advise."""
        name, host = self.warc_prefix, _safe(socket.gethostname()) or "localhost"
        return f"{name}-{to_stamp(now)}-{serial:05d}-{host}.warc.gz"

    def warc_path(self, name: str) -> Path:
        """The file of that name, whether it is closed or still `.open`.

        Raises:
            FileNotFoundError: neither is there.
        """
        for path in (self.archive / name, self.archive / (name + OPEN_SUFFIX)):
            if path.exists():
                return path
        raise FileNotFoundError(f"{self.archive / name}: no such WARC file")

    def warc_files(self) -> list[Path]:
        """Closed WARC files in the order in which they were written."""
        return self._files("*.warc.gz")

    def open_warc_files(self) -> list[Path]:
        return self._files("*.warc.gz" + OPEN_SUFFIX)

    def _files(self, pattern: str) -> list[Path]:
        """A link is none of them: what it leads to is no file of ours to cut, to close or to pack."""
        found = (path for path in self.archive.glob(pattern) if not path.is_symlink())
        return sorted(found, key=_warc_order)

    def lock(self) -> FileLock:
        """Take the collection for this process; the lock goes with the process, however it ends.

        Raises:
            CollectionBusyError: another process holds it; the message says which.
            WriteError: the lock file cannot be made.
        """
        lock = FileLock(self.lock_file, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise CollectionBusyError(
                f"{self.root}: another run holds this collection ({self._lock_owner()}); wait for it to end"
            ) from error
        except OSError as error:
            raise WriteError(
                f"{self.lock_file}: cannot be locked ({error.strerror or error}); make the folder writable"
            ) from error
        owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": to_w3c(datetime.now(UTC))}
        try:
            write_file(self.root / ".owner.json", json.dumps(owner).encode())
        except WriteError:
            lock.release()
            raise
        return lock

    def _lock_owner(self) -> str:
        try:
            owner = json.loads((self.root / ".owner.json").read_bytes())
            told = f"process {owner['pid']} on {owner['host']} since {owner['since']}"
            if owner["host"] != socket.gethostname():
                return f"{told}; that is another machine, look there whether it still runs"
            if Path("/proc/self").exists() and not Path(f"/proc/{int(owner['pid'])}").exists():
                return f"{told}; it has ended, but a process that it started still holds the lock"
            return told
        except (OSError, ValueError, KeyError, TypeError):
            return "owner unknown"

    def next_serial(self) -> int:
        """One more than the highest serial number among the files, closed or open."""
        return 1 + max((_warc_order(path)[0] for path in self.archive.glob("*.warc.gz*")), default=0)


def _safe(name: str) -> str:
    """What may stand in a file name, short enough to leave room for the rest of it."""
    return _UNSAFE.sub("-", name)[:_NAME_LENGTH].strip("-.")


def _warc_order(path: Path) -> tuple[int, str]:
    """Serial numbers grow over the life of a collection; stamps can jump back with the clock."""
    found = _WARC_SERIAL.match(path.name)
    return (int(found.group(1)) if found else 0, path.name)
