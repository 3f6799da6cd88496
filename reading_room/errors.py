"""What the reading room says no to. Each becomes a page, never a traceback."""

from __future__ import annotations

from datetime import datetime

from werkzeug.exceptions import Forbidden, Gone, NotFound


class UnknownHostError(Forbidden):
    """The request names a host that this room does not answer for."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host


class NeedsTokenError(Forbidden):
    """The request does not show the token."""


class UnknownArticleError(NotFound):
    """No article is kept at this place or under this address."""


class RemovedError(Gone):
    """The article has been removed from the collection; when, and nothing else, may be said."""

    def __init__(self, when: datetime | None) -> None:
        super().__init__()
        self.when = when
