"""The same facts as Croissant 1.0 JSON-LD, for programs (https://docs.mlcommons.org/croissant/)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from corpora.card import Facts
from corpora.columns import Column, Kind

_TYPES: Mapping[Kind, str] = {
    Kind.TEXT: "sc:Text",
    Kind.TEXTS: "sc:Text",
    Kind.WHOLE: "sc:Integer",
    Kind.NUMBER: "sc:Float",
    Kind.FLAG: "sc:Boolean",
}
_CONTEXT: Mapping[str, object] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_PARQUET = "application/x-parquet"


def text_of(facts: Facts) -> str:
    return json.dumps(_dataset(facts), indent=2, ensure_ascii=False) + "\n"


def _dataset(facts: Facts) -> dict[str, object]:
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": facts.name,
        "description": f"{facts.counts.rows} articles of Indonesian news portals, with the place of each "
        "page in its web archive. README.md says what is in it, what is missing and how to ask for removal.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "inLanguage": sorted(code for code in facts.counts.languages if code != "und"),
        "license": "The texts belong to their publishers; see README.md and the field license_signal.",
        "creator": {"@type": "Organization", "name": facts.name, "contactPoint": facts.contact or ""},
        "isLiveDataset": False,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": shard.path,
                "name": shard.path,
                "contentUrl": shard.path,
                "contentSize": f"{shard.bytes} B",
                "encodingFormat": _PARQUET,
                "sha256": shard.sha256,
            }
            for shard in facts.shards
        ]
        + [
            {
                "@type": "cr:FileSet",
                "@id": f"files-{split}",
                "name": f"files-{split}",
                "encodingFormat": _PARQUET,
                "includes": f"data/{split}-*.parquet",
            }
            for split in facts.rows_of
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": split,
                "name": split,
                "description": f"{rows} articles",
                "field": [_field(split, column) for column in facts.columns],
            }
            for split, rows in facts.rows_of.items()
        ],
    }


def _field(split: str, column: Column) -> dict[str, object]:
    field: dict[str, object] = {
        "@type": "cr:Field",
        "@id": f"{split}/{column.name}",
        "name": column.name,
        "description": column.told,
        "dataType": _TYPES[column.kind],
        "source": {"fileSet": {"@id": f"files-{split}"}, "extract": {"column": column.name}},
    }
    return field | ({"repeated": True} if column.kind is Kind.TEXTS else {})
