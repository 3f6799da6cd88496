"""The Tribun network's article markup since 2020, one rule for each era."""

from __future__ import annotations

from datetime import date

from extractors.portal import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        name="tribun-2020",
        valid_from=date(2011, 1, 1),
        marks=("//h1[@id='arttitle']",),
        container=("//div[contains(@class,'txt-article')]",),
        headline=("//h1[@id='arttitle']",),
    ),
)
