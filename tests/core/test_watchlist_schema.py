"""The published schema is the one that the code makes, and it takes and refuses what loading does."""

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped] # it has no stubs here
import yaml

from newsdesk.watchlist import schema, schema_text
from tests.core.watchlist_files import GOOD

ROOT = Path(__file__).resolve().parents[2]


def test_the_published_schema_is_current() -> None:
    published = (ROOT / "docs" / "reference" / "watchlist.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "write newsdesk.watchlist.schema_text() to docs/reference/watchlist.schema.json"


def test_the_schema_takes_a_good_watchlist_and_refuses_a_wrong_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    checker = jsonschema.Draft202012Validator(schema())
    good = yaml.safe_load(GOOD)
    assert list(checker.iter_errors(good)) == []
    for wrong in (
        json.loads(json.dumps(good).replace('"version": 1', '"version": 2')),
        {**good, "feed": []},
        json.loads(json.dumps(good).replace('"10m"', '"ten"')),
        json.loads(json.dumps(good).replace('"immediate"', '"daily"')),
        json.loads(json.dumps(good).replace('"trade": {', '"Trade Policy": {')),
    ):
        assert list(checker.iter_errors(wrong))
