"""The reference pages say what the code does."""

import re

import pytest

from newsdesk.cli import reference
from newsdesk.model import REASONS, Reason
from newsdesk.query import parse
from newsdesk.query.tree import KEYWORD_FIELDS, RANGE_FIELDS, TEXT_FIELDS
from newsdesk.settings import describe_settings
from newsdesk.watchlist import load_watchlist, schema, schema_text
from tests.docs.pages import DOCS, DOCUMENTS, Block, blocks

REFERENCE = DOCS / "reference"


@pytest.mark.parametrize("name", reference.pages())
def test_a_page_made_of_code_is_current(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == reference.pages()[name], "run: python -m newsdesk.cli.reference docs/reference"


def test_the_published_schema_is_current() -> None:
    assert (REFERENCE / "watchlist.schema.json").read_text(encoding="utf-8") == schema_text()


def test_every_command_has_a_section_and_an_example_of_itself() -> None:
    page = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    for name, command in reference.commands():
        assert f"\n## {name}\n" in page
        _, examples = reference.split_help(command.help or "")
        assert any(example.startswith(f"newsdesk {name}") for example in examples), name


def test_every_parameter_of_a_command_says_what_it_is() -> None:
    for name, command in reference.commands():
        for param in command.params:
            assert getattr(param, "help", None), f"{name}: {param.name}"


def test_every_setting_is_on_its_page() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    for variable, _, meaning in describe_settings():
        assert f"| `{variable}` |" in page
        assert meaning in page


def test_every_reason_has_a_meaning_in_one_section() -> None:
    told = [reason for meanings in REASONS.values() for reason in meanings]
    assert sorted(told) == sorted(Reason)
    page = (REFERENCE / "outcomes.md").read_text(encoding="utf-8")
    for reason in Reason:
        assert f"| `{reason.value}` | {reason.meaning} |" in page


def test_every_key_of_the_watchlist_is_on_its_page_with_a_meaning() -> None:
    page = (REFERENCE / "watchlist.md").read_text(encoding="utf-8")
    whole = schema()
    for shape in (whole, *whole["$defs"].values()):
        for key in shape["properties"]:
            assert re.search(rf"^\| `{key}` \| .+ \|.* \| .+ \|$", page, re.MULTILINE), key
    assert "|  |" not in page


def query_examples() -> list[tuple[str, str, str]]:
    text = (REFERENCE / "query-language.md").read_text(encoding="utf-8")
    section = text.partition("\n## Examples\n")[2].partition("\n## ")[0]
    rows = [row.strip("|").split(" | ") for row in section.splitlines() if row.startswith("| `")]
    return [(query.strip().strip("`"), finds.strip(), misses.strip()) for query, finds, misses in rows]


@pytest.mark.parametrize(("query", "finds", "misses"), query_examples())
def test_an_example_of_the_query_language_is_true(query: str, finds: str, misses: str) -> None:
    assert parse(query).match(title=finds) is not None
    assert parse(query).match(title=misses) is None


def test_the_query_language_tells_every_field() -> None:
    text = (REFERENCE / "query-language.md").read_text(encoding="utf-8")
    assert len(query_examples()) > 10
    for field in (*TEXT_FIELDS, *(name for name in KEYWORD_FIELDS if name != "story"), *RANGE_FIELDS):
        assert f"`{field}:" in text, field


@pytest.mark.parametrize(
    "block",
    [
        block
        for document in DOCUMENTS
        for block in blocks(document)
        if block.kind == "yaml" and block.text.startswith("version:")
    ],
    ids=lambda block: block.document.name,
)
def test_a_watchlist_in_a_document_is_good(block: Block, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("watchlist") / "watchlist.yaml"
    path.write_text(block.text, encoding="utf-8")
    loaded = load_watchlist(path)
    for topic in loaded.topics:
        assert all(topic.query.match(title=text, body=text) for text in topic.positive)
        assert not any(topic.query.match(title=text, body=text) for text in topic.negative)
