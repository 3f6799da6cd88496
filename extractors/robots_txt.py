"""The text of a robots.txt and the rules in it (RFC 9309), bounded whatever a server sends."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from protego import Protego

MAX_BYTES = 512 << 10
"""Bytes of a robots.txt that are read; RFC 9309, 2.5 asks for 500 KiB at least."""
ANYBODY = "*"
_NOBODY = "x-other"
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"[a-z][a-z -]{0,40}")
_SLASH = re.compile("%2F", re.IGNORECASE)
_TOKEN = re.compile(r"[a-z0-9_-]+")
# Beside the records of the RFC, misspelt ones that protego understands as well.
_RULES = frozenset(
    {"allow", "disallow", "crawl-delay"} | {"dissallow", "dissalow", "disalow", "diasllow", "disallaw"}
)
_AGENT = frozenset({"user-agent", "useragent", "user agent"})


def _as_escapes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"%{byte:02X}" for byte in error.object[error.start : error.end]), error.end


# Rules are compared byte for byte with addresses (RFC 9309, 2.2.2), so a byte that is not UTF-8 stays itself.
codecs.register_error("kliping.escapes", _as_escapes)


def text_of(content: bytes) -> str:
    """The text that counts: the first `MAX_BYTES` without a last line that is cut there, no byte order mark.

    Half a line could say the opposite of the whole one: `Allow: /` for `Allow: /berita/`.
    """
    if content.startswith(_WIDE):
        return content[:MAX_BYTES].decode("utf-16", "replace")
    if len(content) >= MAX_BYTES:
        content = content[:MAX_BYTES]
        content = content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1]
    return content.decode("utf-8-sig", "kliping.escapes")


def is_markup(text: str) -> bool:
    """Whether this is a page that a server gives for everything; no rule or statement is meant by it."""
    return _MARKUP.match(text) is not None


def lines_of(text: str) -> Iterator[str]:
    """The lines of a robots.txt, which may end with CR alone."""
    return iter(_LINE_END.split(text))


def field_of(line: str) -> tuple[str, str] | None:
    """The name, in small letters, and the value of a record; None for what is no record."""
    name, colon, value = line.partition("#")[0].partition(":")
    name = name.strip().lower()
    return (name, value.strip()) if colon and _NAME.fullmatch(name) else None


def is_agent(name: str) -> bool:
    return name in _AGENT


def is_rule(name: str) -> bool:
    return name in _RULES


def product_token(value: str) -> str:
    """Whom a user-agent line means: `*`, or the product token without its version (RFC 9309, 2.2.1)."""
    if value.strip() == ANYBODY:
        return ANYBODY
    found = _TOKEN.match(value.strip().lower())
    return found[0] if found is not None else _NOBODY


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt allows to agents, named by product tokens in small letters."""

    found: Protego

    def allow(self, url: str, agent: str) -> bool:
        """Whether the agent may fetch the address."""
        return self.found.can_fetch(_same_query(url), agent)

    def crawl_delay(self, agent: str) -> float | None:
        """The seconds of a Crawl-delay; None where there is none, or no number."""
        return self.found.crawl_delay(agent)


def _same_query(address: str) -> str:
    """Protego takes an escaped slash for another character than a slash. In a query it is none (RFC 9309,
    2.2.2, the table's `?baz=https://foo.bar`).
    """
    path, mark, query = address.partition("?")
    return path + mark + _SLASH.sub("/", query)


def rules_for(text: str, agents: Collection[str]) -> Rules:
    """The rules for these agents, given by product tokens in small letters.

    protego reads them, from a text in which all other agents are one, so that thousands of agents with
    thousands of rules cost no memory, and without records of other protocols, which would end a group.
    """
    return Rules(Protego.parse("\n".join(_plain(text, frozenset(agents) | {ANYBODY}))))


def _plain(text: str, agents: frozenset[str]) -> Iterator[str]:
    for line in lines_of(text):
        found = field_of(line)
        if found is None:
            yield line.partition("#")[0]  # protego forgives a missing colon
            continue
        name, value = found
        if is_agent(name):
            token = product_token(value)
            yield f"User-agent: {token if token in agents else _NOBODY}"
        elif is_rule(name):
            yield f"{name}: {_same_query(value)}"
