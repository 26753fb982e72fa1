"""The shape of `watchlist.yaml`; the published JSON Schema is made of it."""

import json
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from extractors.overrides import check_few, check_host
from extractors.selecting import check_selector
from newsdesk.watchlist import checks

T = TypeVar("T")


def _none_is_empty(value: object) -> object:
    """`feeds:` with nothing below it is a section without entries."""
    return () if value is None else value


def _none_is_bare(value: object) -> object:
    return {} if value is None else value


Id = Annotated[
    str,
    AfterValidator(checks.check_id),
    Field(json_schema_extra={"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 60}),
]
Name = Annotated[str, AfterValidator(checks.check_name), Field(json_schema_extra={"minLength": 1})]
Language = Annotated[
    str, AfterValidator(checks.check_language), Field(json_schema_extra={"pattern": "^[a-z]{2,3}$", "examples": ["en"]})
]
Zone = Annotated[str, AfterValidator(checks.check_zone), Field(json_schema_extra={"examples": ["Asia/Kolkata"]})]
Url = Annotated[
    str, AfterValidator(checks.check_url), Field(json_schema_extra={"format": "uri", "pattern": "^https?://"})
]
Duration = Annotated[
    int,  # seconds
    BeforeValidator(checks.check_duration),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+[smhd]$", "examples": ["30s", "10m", "1h"]}),
]
Spacing = Annotated[
    int,  # seconds
    BeforeValidator(checks.check_spacing),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+[smh]$", "examples": ["10s"]}),
]
Line = Annotated[str, AfterValidator(checks.check_line), Field(json_schema_extra={"minLength": 1})]
EMail = Annotated[str, AfterValidator(checks.check_address), Field(json_schema_extra={"format": "email"})]
Selector = Annotated[
    str, AfterValidator(check_selector), Field(json_schema_extra={"maxLength": 300, "examples": ["div.article-text"]})
]
Host = Annotated[
    str,
    AfterValidator(check_host),
    Field(json_schema_extra={"pattern": r"^(\*\.)?[^/:@?#\s]+$", "examples": ["press.example"]}),
]
Several = Annotated[tuple[T, ...], BeforeValidator(_none_is_empty)]
ByName = Annotated[
    dict[Id, T], BeforeValidator(_none_is_bare), Field(json_schema_extra={"additionalProperties": False})
]


class Shape(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class FeedShape(Shape):
    """A feed to poll."""

    url: Url = Field(description="where the feed is")
    name: Name = Field(description="the source's name as readers know it; unique")
    language: Language | None = Field(default=None, description="what the feed is written in, if it does not say so")
    tier: int = Field(default=2, ge=1, le=3, description="1 national and agencies, 2 regional and trade, 3 the rest")
    every: Duration | None = Field(default=None, description="time between polls; without it, the feed's own rhythm")
    default_zone: Zone | None = Field(default=None, description="the time zone of dates that have none")
    day_first: bool = Field(default=True, description="02-03-2026 is 2 March")
    engine: (
        Annotated[str, AfterValidator(checks.check_engine), WithJsonSchema({"enum": ["cascade", "newspaper"]})] | None
    ) = Field(default=None, description="what reads the pages; without it, as NEWSDESK_ENGINE says")
    licence: Name | None = Field(
        default=None,
        description="what allows you the texts although the publisher reserves them (noindex, TDM reservation)",
        json_schema_extra={"examples": ["contract of 2026-03-01"]},
    )
    user_agent: Line | None = Field(default=None, description="how we name ourselves to this feed's server")
    headers: Annotated[dict[str, Line], BeforeValidator(_none_is_bare), AfterValidator(checks.check_headers)] = Field(
        default={}, description="more headers for the feed's own host, such as a cookie or a token"
    )
    proxy: Url | None = Field(default=None, description="an HTTP proxy for this feed: http://HOST:PORT")
    robots: bool = Field(default=False, description="ask the site's robots.txt for the feed, too, not only for pages")
    websub: bool = Field(default=True, description="let a hub push what is new, where the feed names one")
    back_fill: bool = Field(default=True, description="where entries may have been missed, ask for older pages")
    folder: Name | None = Field(
        default=None,
        description="where the feed stands in lists and OPML",
        json_schema_extra={"examples": ["News/India"]},
    )
    outline: Annotated[dict[str, str], BeforeValidator(_none_is_bare)] = Field(
        default={}, description="attributes that other programs gave it in OPML; kept for the export"
    )


class ExamplesShape(Shape):
    """Texts that prove a topic; `newsdesk` checks them against the query."""

    match: Several[Name] = Field(default=(), description="titles or sentences that must get the topic")
    no_match: Several[Name] = Field(default=(), description="titles or sentences that must not get it")


class TopicShape(Shape):
    """A topic: a query with a name."""

    title: Name = Field(description="what mails and pages call the topic")
    query: Annotated[str, Field(min_length=1)] = Field(description="in the query language")
    languages: Several[Language] = Field(default=(), description="only articles in these languages; none: in any")
    sources: Several[Name] = Field(default=(), description="only articles of these feeds, by name; none: of any")
    at_least: int = Field(
        default=1, ge=1, le=100, description="places of the text that must match, if the title does not"
    )
    medtop: Annotated[str, AfterValidator(checks.check_medtop)] | None = Field(
        default=None, description="the IPTC Media Topic", json_schema_extra={"examples": ["medtop:20000199"]}
    )
    examples: Annotated[ExamplesShape, BeforeValidator(_none_is_bare)] = ExamplesShape()


class ReaderShape(Shape):
    """Somebody who gets mail."""

    address: EMail = Field(description="where the mail goes")
    name: str = Field(default="", description="how the mail is addressed")
    zone: Zone = Field(default="UTC", description="the time zone that mails show times in")
    language: Language = Field(default="en", description="the language of the mails")


class RuleShape(Shape):
    """Which topics go to whom, and when."""

    title: Name = Field(description="what mails call the rule")
    topics: Several[str] = Field(default=(), description="ids of topics; one of them is enough")
    readers: Several[str] = Field(default=(), description="ids of readers")
    send: Annotated[
        str, AfterValidator(checks.check_send), WithJsonSchema({"enum": ["immediate"], "type": "string"})
    ] = Field(default="immediate", description="immediate: a mail for each article, when it arrives")


class SiteShape(Shape):
    """Where the fields of one site's pages stand: each value a CSS selector, or an XPath beginning with /."""

    title: Selector | None = Field(default=None, description="the headline")
    body: Selector | None = Field(default=None, description="the text; all that matches, in the page's order")
    date: Selector | None = Field(default=None, description="when it was published: an element or an attribute")
    author: Selector | None = Field(default=None, description="who wrote it")
    remove: Annotated[Several[Selector], AfterValidator(check_few)] = Field(
        default=(), description="what is no part of the article; at most 20"
    )


class DomainShape(Shape):
    """How a domain wants to be treated."""

    spacing: Spacing = Field(description="least time between two requests to it")


class WatchlistShape(Shape):
    """All that is watched."""

    version: Annotated[int, AfterValidator(checks.check_version), WithJsonSchema({"const": 1})] = Field(
        description="the version of this format"
    )
    feeds: Several[FeedShape] = ()
    topics: ByName[TopicShape] = {}
    readers: ByName[ReaderShape] = {}
    rules: ByName[RuleShape] = {}
    sites: Annotated[
        dict[Host, SiteShape], BeforeValidator(_none_is_bare), Field(json_schema_extra={"additionalProperties": False})
    ] = {}
    domains: Annotated[
        dict[Host, DomainShape],
        BeforeValidator(_none_is_bare),
        Field(json_schema_extra={"additionalProperties": False}, description="spacing of single registrable domains"),
    ] = {}


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `watchlist.yaml`, for editors. Sections may also be left empty."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **WatchlistShape.model_json_schema()}


def schema_text() -> str:
    """The schema as `docs/reference/watchlist.schema.json` holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
