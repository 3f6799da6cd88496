"""Decisions about being a good guest; components only ask here."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from crawler.errors import WrongUsageError
from crawler.version import VERSION


def is_loopback(host: str) -> bool:
    """Whether a host name can only be this machine (RFC 6761, 6.3: `localhost` and everything below it)."""
    name = host.lower().rstrip(".").strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def user_agent(contact: str) -> str:
    """Who is asking: product, version and where to complain."""
    return (
        f"Mozilla/5.0 (compatible; Kliping/{VERSION}; +{contact})"
        if contact
        else (f"Mozilla/5.0 (compatible; Kliping/{VERSION})")
    )


def require_contact(contact: str, hosts: Iterable[str]) -> None:
    """Refuse to knock at a stranger's door without a name.

    Raises:
        WrongUsageError: a host is not loopback and no usable contact is set.
    """
    stranger = next((host for host in hosts if not is_loopback(host)), None)
    if stranger is None:
        return
    if not contact:
        raise WrongUsageError(
            f"{stranger}: a crawl of a real host needs a contact for its operators; "
            "add -s KLIPING_CONTACT=https://your.library.example/crawler or a mail address"
        )
    if not _is_contact(contact):
        raise WrongUsageError(
            f"KLIPING_CONTACT={contact!r} is neither a web address nor a mail address; "
            "operators of the portal must be able to reach you"
        )


def _is_contact(contact: str) -> bool:
    if any(character.isspace() or not character.isprintable() for character in contact):
        return False
    try:
        parts = urlsplit(contact)
    except ValueError:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(parts.hostname)
    name, at, host = contact.removeprefix("mailto:").partition("@")
    return bool(name and at and "." in host)


class Pace:
    """When the next request to a host may go: `pace` seconds after the host's last one, and `network_pace`
    after the last one to any host of its group. Times are seconds of any clock that only goes forward.
    """

    def __init__(self, pace: float, network_pace: float) -> None:
        self._pace = pace
        self._network_pace = network_pace
        self._next: dict[str, float] = {}

    def reserve(self, host: str, group: str | None, now: float) -> float:
        """Seconds to wait before the request; the turn is taken with the call."""
        if not self._pace and not self._network_pace:
            return 0.0
        keys = [("host " + host, self._pace)]
        if group is not None and self._pace:
            keys.append(("group " + group, self._network_pace))
        turn = max([now, *(self._next.get(key, now) for key, _ in keys)])
        for key, gap in keys:
            self._next[key] = turn + gap
        return turn - now
