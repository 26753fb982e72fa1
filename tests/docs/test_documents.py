"""Links lead somewhere, commands in code blocks exist, and each word of the glossary is one that we use."""

import itertools
import re
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from newsdesk.cli import reference
from newsdesk.cli.app import app
from newsdesk.settings import FOREIGN, describe_settings
from tests.docs.pages import DOCS, DOCUMENTS, PROJECT, anchor, links, shell_commands

each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[document.relative_to(PROJECT).as_posix() for document in DOCUMENTS]
)


@each_document
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in links(document):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, name = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        if name:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert name in map(anchor, headings), link


def test_every_document_is_in_the_index() -> None:
    listed = {(DOCS / link).resolve() for link in links(DOCS / "README.md")}
    assert set(DOCS.rglob("*.md")) - {DOCS / "README.md"} <= listed


@each_document
def test_every_command_of_a_code_block_exists(document: Path) -> None:
    for words in shell_commands(document):
        program, *rest = itertools.dropwhile(lambda word: "=" in word, [*words, ""])
        if program.rpartition("/")[2] == "newsdesk":
            check_newsdesk(rest[:-1], " ".join(words))
        elif program == "make":
            check_make(rest[:-1])


def check_newsdesk(words: list[str], shown: str) -> None:
    command: TyperCommand | TyperGroup | None = None
    found = typer.main.get_command(app)
    assert isinstance(found, TyperGroup)
    command, arguments = found, 0
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("-") and word != "-":
            rest = rest[takes_value(command, word, shown) :]
        elif isinstance(command, TyperGroup):
            below = command.commands.get(word)
            assert isinstance(below, TyperCommand | TyperGroup), f"{shown}: there is no command {word}"
            command = below
        else:
            arguments += 1
    wanted = [param for param in command.params if param.param_type_name == "argument"]
    assert sum(param.required for param in wanted) <= arguments <= len(wanted), shown


def takes_value(command: TyperCommand | TyperGroup, option: str, shown: str) -> int:
    """How many words after the option belong to it."""
    if option in ("--help", "--version"):
        return 0
    param = next((param for param in command.params if option in param.opts), None)
    assert param is not None, f"{shown}: there is no option {option}"
    return 0 if getattr(param, "is_flag", False) else 1


def check_make(words: list[str]) -> None:
    targets = re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for word in words:
        assert "=" in word or word in targets, f"make {word}"


@each_document
def test_every_setting_and_command_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    known = {name for name, _, _ in describe_settings()}
    for variable in re.findall(r"\bNEWSDESK_[A-Z_]+\b", text):
        assert variable in known or variable.removesuffix("_FILE") in known or variable.startswith(FOREIGN), variable
    commands = {name for name, _ in reference.commands()}
    for words in re.findall(r"`newsdesk ((?:[a-z]+[ `])+)", text):
        named = " ".join(words.strip("` ").split()[:2])
        assert named in commands or named.split()[0] in commands or named.split()[0] in {"index", "watchlist"}, named


def glossary() -> dict[str, str]:
    rows = re.findall(
        r"^\| \*\*(.+?)\*\*(.*?)\|(.+?)\|", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    words: dict[str, str] = {}
    for first, more, meaning in rows:
        for word in (first, *re.findall(r"\*\*(.+?)\*\*", more)):
            words[word] = meaning.strip()
    return words


def test_the_glossary_holds_the_words_of_the_product() -> None:
    words = set(glossary())
    assert {"feed", "source", "entry", "page", "article", "topic", "tag", "evidence"} <= words
    assert {"rule", "alert", "notification", "outbox", "stage", "lease", "outcome", "dropped", "quarantined"} <= words
    assert {"ledger", "index", "settings", "watchlist", "archive"} <= words
    assert all(glossary().values())


def test_each_word_of_the_glossary_is_used() -> None:
    sources = [
        path
        for folder in ("newsdesk", "docs")
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in (".py", ".md")
    ]
    text = " ".join(path.read_text(encoding="utf-8") for path in sources if path.name != "glossary.md").lower()
    for word in glossary():
        assert re.search(rf"\b{word}", text), word
