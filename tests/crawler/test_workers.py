"""Whatever a page does to the process that reads it, the next page is read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.workers import TookTooLongError, UnsendableError, WorkerLostError, WorkerPool
from tests.crawler import jobs
from tests.extractors import hostile

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    """One process, so that each job meets what the one before has left."""
    pool = WorkerPool(1, 60)
    yield pool
    pool.close()


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_job_gives_its_result(pool: WorkerPool) -> None:
    assert pool.submit(jobs.add, 40, other=2).result() == 42


def test_jobs_share_a_process_that_is_not_this_one(pool: WorkerPool) -> None:
    first, second = (pool.submit(jobs.process_id).result() for _ in range(2))
    assert first == second != os.getpid()


def test_a_result_larger_than_a_pipe_arrives_whole(pool: WorkerPool) -> None:
    assert len(pool.submit(jobs.answer_much, 20 << 20).result()) == 20 << 20


def test_an_exception_comes_back_as_it_was_raised(pool: WorkerPool) -> None:
    process = pool.submit(jobs.process_id).result()
    with pytest.raises(LookupError, match="no such page"):
        pool.submit(jobs.refuse, "no such page").result()
    assert pool.submit(jobs.process_id).result() == process


@pytest.mark.parametrize(
    ("job", "error"),
    [
        (jobs.stop_the_world, WorkerLostError),
        (jobs.kill_itself, WorkerLostError),
        (jobs.leave, WorkerLostError),
        (jobs.eat_memory, (MemoryError, WorkerLostError)),
        (jobs.eat_memory_at_once, (MemoryError, WorkerLostError)),
        (jobs.recurse, (RecursionError, WorkerLostError)),
        (jobs.refuse_awkwardly, Exception),
        (jobs.answer_what_cannot_be_sent, Exception),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_pool_goes_on_after_a_job_that(
    pool: WorkerPool, job: Callable[[], object], error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    with pytest.raises(error):
        pool.submit(job).result(timeout=300)
    assert pool.submit(jobs.add, 1, other=1).result(timeout=300) == 2


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        (jobs.refuse_awkwardly, "the answer cannot be sent: AwkwardError: thisthat"),
        (jobs.answer_what_cannot_be_sent, "the answer cannot be sent: function"),
        (jobs.answer_too_deep, "the answer cannot be sent: list (RecursionError)"),
    ],
    ids=["an exception", "an answer", "a deep answer"],
)
def test_what_cannot_be_sent_still_gives_its_reason(
    pool: WorkerPool, job: Callable[[], object], reason: str
) -> None:
    process = pool.submit(jobs.process_id).result()
    with pytest.raises(UnsendableError, match=re.escape(reason)):
        pool.submit(job).result(timeout=300)
    assert pool.submit(jobs.process_id).result() == process


@pytest.mark.parametrize("road", ["rules", "list"])
def test_a_page_that_hangs_the_parser_is_ended_at_the_limit_and_the_next_is_read(road: str) -> None:
    pool = WorkerPool(1, 2)
    try:
        _patient(pool)
        with pytest.raises(TookTooLongError):
            pool.submit(hostile.read, "100,000 attributes", road).result(timeout=300)
        _patient(pool)
        assert "links" in pool.submit(hostile.read, "NULs", "list").result(timeout=300)
    finally:
        pool.close()


@pytest.mark.parametrize("job", [jobs.sleep, jobs.ignore_everything], ids=["asleep", "busy"])
def test_a_job_that_hangs_is_ended_at_its_limit_and_the_next_is_done(job: Callable[..., object]) -> None:
    pool = WorkerPool(1, 0.4)
    try:
        pool_process = _patient(pool)
        begun = time.monotonic()
        with pytest.raises(TookTooLongError, match=r"took longer than 0\.4 s"):
            pool.submit(job, *([60] if job is jobs.sleep else [])).result(timeout=300)
        assert time.monotonic() - begun < 5
        assert not is_alive(pool_process)
        assert _patient(pool) != pool_process
    finally:
        pool.close()


def _patient(pool: WorkerPool) -> int:
    """A process's id; a fresh process on a busy machine may need more than one short limit to start."""
    for _ in range(20):
        try:
            return pool.submit(jobs.process_id).result()
        except TookTooLongError:
            continue
    raise AssertionError("no process answers")


def test_a_hanging_job_does_not_hold_up_the_other_processes() -> None:
    pool = WorkerPool(2, 2)
    hanging = pool.submit(jobs.sleep, 60)
    try:
        assert [pool.submit(jobs.add, n, other=n).result() for n in range(5)] == [0, 2, 4, 6, 8]
        assert not hanging.done()
    finally:
        pool.close()
    assert isinstance(hanging.exception(), TookTooLongError)


def test_close_waits_for_jobs_under_way_and_ends_all_processes() -> None:
    pool = WorkerPool(2, 10)
    processes = {pool.submit(jobs.process_id).result() for _ in range(2)}
    under_way = pool.submit(jobs.sleep, 0.2)
    while not under_way.running():
        time.sleep(0.01)
    pool.close()
    assert under_way.result() == 0.2
    assert not [pid for pid in processes if is_alive(pid)]


def test_a_closed_pool_takes_no_job_and_may_be_closed_again() -> None:
    pool = WorkerPool(1, 10)
    pool.close()
    pool.close()
    with pytest.raises(RuntimeError):
        pool.submit(jobs.process_id)


_SCRIPT = """
import sys
from crawler.workers import WorkerPool
from tests.crawler import jobs
pool = WorkerPool(2, 10)
futures = [pool.submit(jobs.sleep, 0.05) for _ in range(2)]
[future.result() for future in futures]
if sys.argv[1] == "closed":
    pool.close()
else:
    import os
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_nothing_is_left_when_the_program_has_ended(how: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, how],
        cwd=ROOT,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as program:
        assert program.wait(60) == (0 if how == "closed" else -9)
    deadline = time.monotonic() + 10
    while (left := _of_session(program.pid)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left


def _of_session(session: int) -> list[int]:
    """Processes of a session, also those whose parents are gone."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(folder.name))
    return found
