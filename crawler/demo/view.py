"""One page of an article as a client asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.demo.story import Block, BylinePlace, DemoArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One page of an article as it is asked for: page `number`, or all pages on one."""

    article: DemoArticle
    number: int = 1
    all_pages: bool = False
    byline: BylinePlace = "under"

    @property
    def blocks(self) -> tuple[Block, ...]:
        if self.all_pages:
            return tuple(block for page in self.article.pages for block in page)
        return self.article.pages[self.number - 1]

    @property
    def has_pager(self) -> bool:
        is_last = self.number == self.article.page_count
        has_pages = self.article.page_count > 1 and not self.all_pages
        return has_pages and (self.article.pager_on_last or not is_last)


def page_url(article: DemoArticle, number: int) -> str:
    return article.url if number == 1 else f"{article.url}?page={number}"
