"""What a portal says about the use of its texts by machines: in robots.txt, in a header, on the page.

Statements are kept as they were made. `ai_use` sums them up as a reading aid; it is no legal finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from extractors.packing import packed
from extractors.robots_txt import (
    ANYBODY,
    Rules,
    field_of,
    is_agent,
    is_markup,
    is_rule,
    lines_of,
    product_token,
    rules_for,
    text_of,
)

US = "kliping"
"""Our product token, in small letters."""
AI_AGENTS = (
    "AI2Bot", "Ai2Bot-Dolma", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot",
    "ChatGPT-User", "Claude-SearchBot", "Claude-User", "Claude-Web", "ClaudeBot", "cohere-ai",
    "cohere-training-data-crawler", "DeepSeekBot", "Diffbot", "DuckAssistBot", "FacebookBot",
    "Google-CloudVertexBot", "Google-Extended", "GPTBot", "ICC-Crawler", "ImagesiftBot", "img2dataset",
    "meta-externalagent", "meta-externalfetcher", "MistralAI-User", "OAI-SearchBot", "omgili", "omgilibot",
    "PanguBot", "Perplexity-User", "PerplexityBot", "Timpibot", "VelenPublicWebCrawler", "Webzio-Extended",
    "YouBot",
)  # fmt: skip
"""Product tokens whose only use is machine learning, or answers made by it, as their owners document them."""
_TOKENS = {agent.lower(): agent for agent in AI_AGENTS}
_HEARD = frozenset({US, ANYBODY, *_TOKENS})

MOST_SIGNALS = 40
MOST_LETTERS = 300
_MOST_LINES = 200
_STATEMENTS = {
    "content-usage": "Content-Usage",  # draft-ietf-aipref-attach
    "content-signal": "Content-Signal",  # contentsignals.org
    "disallowaitraining": "DisallowAITraining",  # draft-canel-robots-ai-control
    "allowaitraining": "AllowAITraining",
}
_LICENSE = "license"  # rslstandard.org; for everybody, whatever group it stands in
_TALKS_OF_USE = re.compile(
    r"\b(?:TDM|LLMs?|A\.?I\.?)\b|(?i:\btext[ -](?:and|&)[ -]data[ -]mining|\bdata[ -]mining"
    r"|\bartificial intelligence|\bmachine learning|\bkecerdasan buatan|\bpenambangan data"
    r"|\blicen[cs]|\blisensi|\bhak cipta|\bcopyright)"
)
_PREFERENCE = re.compile(r"([a-z][a-z0-9-]{0,40})\s*=\s*(yes|no|y|n)\b")
_NO = frozenset({"n", "no"})
_SEARCH = "search"  # to be found by a search engine is another question
_NO_AI = re.compile(r"\b(?:noai|noimageai|notrain|notdm)\b", re.IGNORECASE)
_HEADERS = {
    "content-usage": "Content-Usage",
    "content-signal": "Content-Signal",
    "tdm-reservation": "tdm-reservation",  # w3.org/community/tdmrep
    "tdm-policy": "tdm-policy",
}
_LICENSE_LINK = re.compile(r";\s*rel\s*=\s*\"?[^\";]*\blicense\b", re.IGNORECASE)
_PAGE_META = ("tdm-reservation", "tdm-policy")
_ARTICLE = re.compile(r"Article\b")  # a type, or one of a list
_ARTICLE_LICENCES = ("license", "usageInfo", "conditionsOfAccess")


class Source(StrEnum):
    """Where a statement was made."""

    ROBOTS = "robots.txt"
    HEADER = "header"
    PAGE = "page"


class AiUse(StrEnum):
    """What the statements come to, the strictest first. `MENTIONED`: only a text or licence that a person
    must read.
    """

    RESERVED = "reserved"
    PERMITTED = "permitted"
    MENTIONED = "mentioned"


@packed
@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One statement. `agents` are those of its group in robots.txt, `path` what it is restricted to there."""

    source: Source
    name: str
    value: str
    agents: tuple[str, ...] = ()
    path: str | None = None

    def as_plain(self) -> dict[str, object]:
        """For the sidecar and the run's record."""
        plain: dict[str, object] = {"source": self.source.value, "name": self.name, "value": self.value}
        if self.agents:
            plain["agents"] = list(self.agents)
        return plain | ({"path": self.path} if self.path is not None else {})


def ai_use(signals: Iterable[Signal]) -> AiUse | None:
    """The strictest of what was said; None where nothing was."""
    found = {_meaning(signal) for signal in signals}
    return next((use for use in AiUse if use in found), None)


def _meaning(signal: Signal) -> AiUse:
    name, value = signal.name, signal.value.strip()
    if name in {"Disallow", "DisallowAITraining", "robots", "X-Robots-Tag"}:
        return AiUse.RESERVED
    if name == "AllowAITraining":
        return AiUse.PERMITTED
    if name == "tdm-reservation":
        return {"1": AiUse.RESERVED, "0": AiUse.PERMITTED}.get(value, AiUse.MENTIONED)
    if name in {"Content-Usage", "Content-Signal"}:
        said = [answer in _NO for use, answer in _PREFERENCE.findall(value.lower()) if use != _SEARCH]
        if said:
            return AiUse.RESERVED if any(said) else AiUse.PERMITTED
    return AiUse.MENTIONED


def as_plain(signals: Sequence[Signal]) -> dict[str, object] | None:
    """The signals with their sum, as the sidecar has them; None where there are none."""
    use = ai_use(signals)
    return None if use is None else {"aiUse": use.value, "signals": [one.as_plain() for one in signals]}


# --- robots.txt ---------------------------------------------------------------------------------------


def robots_signals(content: bytes, url: str) -> tuple[Signal, ...]:
    """What a robots.txt says about the use of the page at `url`."""
    return _read(text_of(content)).about(url)


@dataclass(frozen=True, slots=True)
class _Statement:
    agents: tuple[str, ...]
    name: str
    path: str
    value: str


@dataclass(frozen=True, slots=True)
class _Robots:
    """A robots.txt as far as it speaks about use."""

    statements: tuple[_Statement, ...] = ()
    remarks: tuple[Signal, ...] = ()
    named: tuple[str, ...] = ()
    rules: Rules | None = None

    def about(self, url: str) -> tuple[Signal, ...]:
        found = [*self._stated(url), *self._closed(url), *self.remarks]
        return tuple(dict.fromkeys(found))[:MOST_SIGNALS]

    def _stated(self, url: str) -> Iterator[Signal]:
        """Of the statements of one group those with the longest path that fits, as with other rules."""
        fitting = [item for item in self.statements if _fits(item.path, url)]
        longest = {
            (item.agents, item.name): max(
                len(other.path) for other in fitting if (other.agents, other.name) == (item.agents, item.name)
            )
            for item in fitting
        }
        for item in fitting:
            if len(item.path) == longest[item.agents, item.name]:
                yield Signal(
                    source=Source.ROBOTS,
                    name=item.name,
                    value=item.value,
                    agents=item.agents,
                    path=item.path if item.path != "/" else None,
                )

    def _closed(self, url: str) -> Iterator[Signal]:
        """The machines of artificial intelligence that may not read the page."""
        if self.rules is None:
            return
        closed = [agent for agent in self.named if not self.rules.allow(url, agent.lower())]
        if closed:
            yield Signal(source=Source.ROBOTS, name="Disallow", value=", ".join(closed))


@lru_cache(maxsize=32)
def _read(text: str) -> _Robots:
    if is_markup(text):
        return _Robots()
    statements: dict[_Statement, None] = {}
    named: set[str] = set()
    agents: dict[str, None] = {}
    in_rules = False
    remarks = list(_comments(text))
    for line in lines_of(text):
        found = field_of(line)
        if found is None:
            continue
        name, value = found
        if is_agent(name):
            agents, in_rules = ({} if in_rules else agents), False
            token = product_token(value)
            agents[token if token in _HEARD else ""] = None
            named |= {token} & _TOKENS.keys()
        elif name == _LICENSE and value:
            remarks.insert(0, Signal(source=Source.ROBOTS, name="License", value=_short(value)))
        elif name in _STATEMENTS and value:
            in_rules = True
            statement = _statement(name, value, tuple(agents))
            if statement is not None and len(statements) < _MOST_LINES:
                statements[statement] = None
        elif is_rule(name):
            in_rules = True
    return _Robots(
        statements=tuple(statements),
        remarks=tuple(remarks[:MOST_SIGNALS]),
        named=tuple(sorted((_TOKENS[token] for token in named), key=str.lower)),
        rules=rules_for(text, named) if named else None,
    )


def _statement(name: str, value: str, agents: tuple[str, ...]) -> _Statement | None:
    """A statement of a group that speaks to us, to everybody or to machines that learn; None of another's."""
    heard = tuple(_TOKENS.get(agent, agent) for agent in agents if agent)
    if agents and not heard:
        return None
    path, preference = "/", value
    if value.startswith("/") or name.endswith("aitraining"):
        path, _, preference = value.partition(" ")
        preference = preference.strip() or value
    return _Statement(heard, _STATEMENTS[name], path, _short(preference))


def _fits(path: str, url: str) -> bool:
    """Paths are matched as those of other rules are (draft-ietf-aipref-attach, 3.1)."""
    return path == "/" or not _pattern(path).allow(url, US)


@lru_cache(maxsize=512)
def _pattern(path: str) -> Rules:
    return rules_for(f"User-agent: *\nDisallow: {path}", (US,))


def _comments(text: str) -> Iterator[Signal]:
    """Remarks that speak of mining, machines or licences: lines of a comment together, from where they do."""
    block: list[str] = []
    for line in (*lines_of(text), ""):
        code, mark, remark = line.partition("#")
        if mark and not code.strip():
            block.append(remark.strip("# \t"))
            continue
        for told in (" ".join(block), remark):
            found = _TALKS_OF_USE.search(told)
            if found is not None:
                start = max(told.rfind(". ", 0, found.start()) + 1, found.start() - MOST_LETTERS // 2, 0)
                yield Signal(source=Source.ROBOTS, name="comment", value=_short(told[start:]))
        block = []


# --- header and page ----------------------------------------------------------------------------------


def header_signals(headers: Iterable[tuple[bytes, bytes]]) -> tuple[Signal, ...]:
    """What the header of an answer says about the use of its content."""
    return tuple(dict.fromkeys(_of_headers(headers)))[:MOST_SIGNALS]


def _of_headers(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[Signal]:
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), _short(raw_value.decode("utf-8", "replace"))
        if name in _HEADERS and value:
            yield Signal(source=Source.HEADER, name=_HEADERS[name], value=value)
        elif name == "x-robots-tag" and _NO_AI.search(value):
            yield Signal(source=Source.HEADER, name="X-Robots-Tag", value=value)
        elif name == "link" and _LICENSE_LINK.search(value):
            yield Signal(source=Source.HEADER, name="Link", value=value)


def page_signals(
    meta: Mapping[str, str], objects: Iterable[Mapping[str, object]], links: Iterable[str]
) -> tuple[Signal, ...]:
    """What a page says about its own use: its meta elements by name, the objects of its JSON-LD, and the
    addresses of its license links.
    """
    return tuple(dict.fromkeys(_of_page(meta, objects, links)))[:MOST_SIGNALS]


def _of_page(
    meta: Mapping[str, str], objects: Iterable[Mapping[str, object]], links: Iterable[str]
) -> Iterator[Signal]:
    for name in _PAGE_META:
        if value := _short(meta.get(name, "")):
            yield Signal(source=Source.PAGE, name=name, value=value)
    if _NO_AI.search(meta.get("robots", "")):
        yield Signal(source=Source.PAGE, name="robots", value=_short(meta["robots"]))
    for link in links:
        if value := _short(link):
            yield Signal(source=Source.PAGE, name="license", value=value)
    for item in objects:
        if _ARTICLE.search(str(item.get("@type"))):
            for name in _ARTICLE_LICENCES:
                if value := _short(_named(item.get(name))):
                    yield Signal(source=Source.PAGE, name=name, value=value)


def _named(value: object) -> str:
    """A text or an address, or that of an object of JSON-LD."""
    if isinstance(value, Mapping):
        value = value.get("url") or value.get("@id") or value.get("name")
    return value if isinstance(value, str) else ""


def _short(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * MOST_LETTERS])
    return " ".join(shown.split())[:MOST_LETTERS].strip()
