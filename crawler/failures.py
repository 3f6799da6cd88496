"""Words for what went wrong with a request, few enough to be counted."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from twisted.internet.error import ConnectionDone, ConnectionLost

from archives.removing import REASON
from archives.states import State
from crawler.heads import HeadTooLargeError, causes

PRIVATE_ADDRESS = "private address"
NO_WEB_ADDRESS = "redirects to no web address"
TOO_MANY_REDIRECTS = "too many redirects"
ELSEWHERE = "redirects to another host"
OF_REMOVED = "of a removed article"
_GONE = {404, 410}
_TLS_WORDS = ("ssl", "tls", "certificate", "service_identity")


class HostClosedError(IgnoreRequest):
    """A host gets no requests: its robots.txt is not known, it does not want us, or its name stands for a
    private address. The message is the ledger's reason.
    """


class HostRestsError(IgnoreRequest):
    """A host gets no requests now, because its robots.txt cannot be read. That is no fault of the URL: it
    stays to do, for later in this run or for the next one.
    """


def reason_for_status(status: int) -> tuple[State, str]:
    """What an answer other than 200 means for the URL: gone for 404 and 410, else failed."""
    return (State.GONE if status in _GONE else State.FAILED), f"http {status}"


def reason_for_failure(error: BaseException | None) -> tuple[State, str]:
    """What it means that there was no answer."""
    if isinstance(error, HostClosedError):
        return State.FAILED, str(error)
    if isinstance(error, IgnoreRequest):
        return _refused_by_us(str(error))
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return State.FAILED, words
    if any(word in f"{type(error).__name__} {error}".lower() for word in _TLS_WORDS):
        return State.FAILED, "tls failure"
    if isinstance(error, DownloadFailedError) and (found := causes(error)):
        lost = all(isinstance(cause, ConnectionDone | ConnectionLost) for cause in found)
        return State.FAILED, "connection lost" if lost else "answer is not HTTP"
    return State.FAILED, f"no answer ({type(error).__name__})"


_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "host not found"),
    (DownloadConnectionRefusedError, "connection refused"),
    (DownloadTimeoutError, "timeout"),
    (DownloadCancelledError, "larger than the size limit"),
    (HeadTooLargeError, "headers larger than the size limit"),
)


def _refused_by_us(message: str) -> tuple[State, str]:
    """Middlewares say why only in words: Scrapy 2.19's redirect.py and those of ours."""
    if message == NO_WEB_ADDRESS:
        return State.NOT_ARTICLE, message
    if message == OF_REMOVED:
        return State.REMOVED, REASON
    text = message.lower()
    if text.startswith("offsite"):  # first: what follows is a host's name, which may say anything
        return State.NOT_ARTICLE, ELSEWHERE
    if text.startswith("private"):
        return State.NOT_ARTICLE, PRIVATE_ADDRESS
    if "robots.txt" in text:
        return State.ROBOTS, "robots.txt"
    if "redirect" in text:
        return State.FAILED, TOO_MANY_REDIRECTS
    return State.FAILED, f"not fetched ({message[:60]})"
