"""The views of coverage and runs: what they show, where they lead, and that a crawl can be watched."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archives.moments import to_w3c
from reading_room.app import make_app
from reading_room.runs_view import Owner, owner_of
from tests.archives import shelf
from tests.archives.shelf import Shelf
from tests.reading_room.test_report import HOST, HOSTILE, Page, ledger, with_days

__all__ = ["ledger"]


@pytest.fixture
def client(ledger: Shelf) -> FlaskClient:
    return make_app(ledger.collection).test_client()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A reader of a collection that tests only look at."""
    found = with_days(shelf.fill(tmp_path_factory.mktemp("shared") / "warta"))
    return make_app(found.collection).test_client()


def write(found: Shelf, statement: str, *values: object) -> None:
    with sqlite3.connect(found.collection.catalogue) as db:
        db.execute(statement, values)
    db.close()


PAGES = [
    "/coverage",
    "/coverage?month=2026-11",
    f"/coverage/{HOST}",
    f"/coverage/{HOST}/2026-11-19",
    f"/coverage/{HOST}/fields/published",
    "/runs",
    "/runs/1",
]


def test_years_without_days_are_left_out_of_the_calendar(ledger: Shelf, client: FlaskClient) -> None:
    write(ledger, "UPDATE walks SET day = '2021-03-04' WHERE day = '2026-11-18'")

    page = client.get("/coverage?lang=en").text
    page = page[page.index('id="all"') :]

    assert re.findall(r'aria-label="Days (\d{4})', page) == ["2026", "2021"]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_view_is_a_whole_page_without_scripts_in_both_languages(
    shared: FlaskClient, address: str, language: str
) -> None:
    answer = shared.get(address, headers={"Accept-Language": language})

    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.open == []
    assert page.runs == []
    assert set(page.loads) == {"link"}  # style sheet and icon, both ours
    assert len(page.ids) == len(set(page.ids))
    assert f'<html lang="{language}"' in answer.text


@pytest.mark.parametrize("address", PAGES)
def test_a_view_is_json_for_programs_at_the_same_address(shared: FlaskClient, address: str) -> None:
    answer = shared.get(address, headers={"Accept": "application/json"})

    assert answer.status_code == 200
    assert answer.is_json


def test_each_link_of_the_views_leads_somewhere(shared: FlaskClient) -> None:
    seen: set[str] = set()
    waiting = ["/coverage", "/runs"]
    while waiting:
        address = waiting.pop()
        answer = shared.get(address)
        known = 404 if "2026-11-1" in address or "2026-11-2" in address else 200
        assert answer.status_code in {200, known}, address
        found = {
            target.partition("#")[0]
            for target in Page(answer.text).targets
            if target.startswith(("/coverage", "/runs")) and "lang=" not in target
        }
        waiting += sorted(found - seen - {""})
        seen |= found
    assert f"/coverage/{HOST}/2026-11-18" in seen
    assert f"/coverage/{HOST}/fields/credit" in seen


def test_a_day_has_its_state_its_reason_and_the_command_that_completes_it(shared: FlaskClient) -> None:
    missing = shared.get(f"/coverage/{HOST}/2026-11-19?format=json").get_json()
    closed = shared.get(f"/coverage/{HOST}/2026-11-18?format=json").get_json()

    assert missing["state"] == "missing"
    assert missing["command"].startswith(f"kliping crawl demo -a hosts={HOST} -a since=2026-11-19")
    assert (closed["state"], closed["command"]) == ("closed", None)
    assert closed["listed"]["index"]["urls"] == 1


@pytest.mark.parametrize(
    "address",
    [
        "/coverage/nobody.example",
        f"/coverage/{HOST}/2026-11-1",
        f"/coverage/{HOST}/2026-99-99",
        f"/coverage/{HOST}/0001-01-01",
        f"/coverage/{HOST}/2026-01-01",
        f"/coverage/{HOST}/fields/nothing",
        "/coverage/nobody.example/fields/credit",
        f"/coverage/{HOSTILE}",
        "/coverage?month=0000-00",
        "/coverage?month=x",
        "/runs/0",
        "/runs/99",
        "/runs/99999999999999999999999",
        "/runs/1/report",
        "/runs/99/report",
        "/runs/../../etc/report",
    ],
)
def test_what_there_is_not_is_not_found(shared: FlaskClient, address: str) -> None:
    assert shared.get(address).status_code == 404


def test_hostile_names_of_a_ledger_are_only_text(ledger: Shelf, client: FlaskClient) -> None:
    write(ledger, "UPDATE walks SET section = ?, fault = ? WHERE day = '2026-11-19'", HOSTILE, HOSTILE)
    write(ledger, "UPDATE runs SET arguments = ?", json.dumps({HOSTILE: HOSTILE}))
    write(ledger, "UPDATE urls SET reason = ? WHERE state = 'failed'", HOSTILE)
    for address in ("/coverage", "/runs", "/runs/1"):
        text = client.get(address).text
        assert "<script" not in text
        assert "\u202e" not in text
        assert "\x1b" not in text


# --- runs ---------------------------------------------------------------------------------------------


def begin(found: Shelf, *, pid: int, host: str | None = None, since: datetime | None = None) -> None:
    """A run's row without an end, and what stands beside the lock."""
    now = datetime.now(UTC)
    write(found, "UPDATE runs SET started = ?, ended = NULL, exit_code = NULL", to_w3c(now))
    owner = {"pid": pid, "host": host or socket.gethostname(), "since": to_w3c(since or now)}
    (found.collection.root / ".owner.json").write_text(json.dumps(owner))


def state(client: FlaskClient) -> tuple[bool, str]:
    said = client.get("/runs?format=json").get_json()
    return said["running"] is not None, said["runs"][0]["state"]


def test_a_run_of_a_living_process_is_under_way_and_its_page_refreshes_itself(
    ledger: Shelf, client: FlaskClient
) -> None:
    begin(ledger, pid=os.getpid(), since=datetime.now(UTC) + timedelta(seconds=1))
    write(ledger, "UPDATE urls SET state = 'todo' WHERE state = 'failed'")

    assert state(client) == (True, "running")
    said = client.get("/runs?format=json").get_json()["running"]
    assert (said["known"] - said["done"], said["articles"], said["answers"]) == (4, 3, 3)
    assert said["waiting"] == {HOST: 4}  # three pages of indexes, and an article
    assert said["daysAsked"] == 3
    for address in ("/runs", "/runs/1"):
        assert client.get(address).headers["Refresh"] == "5"
        assert "Refresh" not in client.get(f"{address}?still").headers


def test_a_run_whose_process_is_gone_is_shown_as_interrupted(ledger: Shelf, client: FlaskClient) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    begin(ledger, pid=gone.pid)

    assert state(client) == (False, "interrupted")
    assert "Refresh" not in client.get("/runs").headers
    assert "interrupted" in client.get("/runs?lang=en").text


def test_another_process_with_the_same_number_is_not_the_run(ledger: Shelf, client: FlaskClient) -> None:
    begin(ledger, pid=os.getpid(), since=datetime.now(UTC) - timedelta(days=300))
    write(ledger, "UPDATE runs SET started = ?", to_w3c(datetime.now(UTC) - timedelta(days=300)))

    assert state(client) == (False, "interrupted")


def test_a_later_holder_of_the_lock_is_not_the_run(ledger: Shelf, client: FlaskClient) -> None:
    begin(ledger, pid=os.getpid(), since=datetime.now(UTC) + timedelta(hours=1))

    assert state(client) == (False, "interrupted")


def test_a_run_on_another_machine_goes_on_while_answers_come(ledger: Shelf, client: FlaskClient) -> None:
    begin(ledger, pid=1, host="another.example")
    write(ledger, "UPDATE captures SET fetched_at = ?", to_w3c(datetime.now(UTC)))
    assert state(client)[0]
    write(ledger, "UPDATE captures SET fetched_at = ?", to_w3c(datetime.now(UTC) - timedelta(hours=1)))
    assert not state(client)[0]


@pytest.mark.parametrize("told", [b"", b"{", b"[]", b'{"pid": "x", "host": 1, "since": 2}', b"\xff"])
def test_an_owner_file_of_any_kind_is_read(ledger: Shelf, client: FlaskClient, told: bytes) -> None:
    (ledger.collection.root / ".owner.json").write_bytes(told)
    assert owner_of(ledger.collection) is None
    assert client.get("/runs").status_code == 200


def test_a_process_that_never_was_does_not_live() -> None:
    assert not Owner(pid=2**30, host="x", since=datetime.now(UTC)).lives


def test_the_report_of_a_run_is_shown_without_any_right_to_run(ledger: Shelf, client: FlaskClient) -> None:
    path = ledger.collection.reports / "run-1.html"
    path.write_text("<!doctype html><title>x</title><script>alert(1)</script>")
    answer = client.get("/runs/1/report")

    assert answer.status_code == 200
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    path.unlink()
    path.symlink_to(Path("/etc/hostname"))
    assert client.get("/runs/1/report").status_code == 404


def test_many_runs_are_shown_page_by_page(ledger: Shelf, client: FlaskClient) -> None:
    write(
        ledger,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) "
        "INSERT INTO runs (portal, arguments, software, started, ended, exit_code) "
        "SELECT 'demo', '{}', 'Kliping/0', '2026-11-22T00:00:00Z', '2026-11-22T00:00:01Z', 3 FROM n",
    )
    first = client.get("/runs?format=json").get_json()["runs"]
    rest = client.get("/runs?format=json&before=12").get_json()["runs"]

    assert [run["run"] for run in first] == list(range(61, 11, -1))
    assert [run["run"] for run in rest] == list(range(11, 0, -1))
    assert "before=12" in client.get("/runs").text
