"""How many articles a second one process tags, by the number of rules.

    python bench/tagging.py [--rules 10 100 1000 10000] [--seconds 5] [--words 255] [--seed 1]

Articles and rules are made by chance: a vocabulary with the frequencies of Zipf's law, short words the frequent ones as
in real languages; every third article has a character beyond ASCII. A rule has 5 to 15 words of middle frequency, in
phrases, NEAR, wildcards, OR groups and NOT. Analysis is part of every figure; read them as ratios. Columns:

    match    articles/s for the set of matching rules
    tags     articles/s for tags with evidence and sentences
    brute    articles/s asking each query in turn (on as many articles as fit the time)
    ratio    match / brute
    earlier  match / the prototype's compiled rules, where the folder `reference` lies in the shared data

The sets of rules that match are compared on the brute-force articles, and a difference ends the run.
"""

import argparse
import importlib.util
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from newsdesk.model import Topic
from newsdesk.query import Document, parse
from newsdesk.query.compiled import QuerySet
from newsdesk.tagging import RuleSet

_VOCABULARY = 50_000
_ARTICLES = 400
_COMMONEST = 350  # rank of the most frequent word of a rule; it decides how many rules match
_LETTERS = "etaoinshrdlucmfwygpbvk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A made-up article."""

    title: str
    body: str


class Chance:
    """Words by Zipf's law."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words = self._vocabulary()
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(_VOCABULARY)))

    def _vocabulary(self) -> list[str]:
        words: dict[str, None] = {}
        while len(words) < _VOCABULARY:
            length = 2 + int(len(words) ** 0.16 * self.random.uniform(0.7, 1.6))
            words["".join(self.random.choices(_LETTERS, k=length))] = None
        return list(words)

    def text(self, count: int) -> str:
        """That many words, in sentences."""
        words = self.random.choices(self.words, cum_weights=self._weights, k=count)
        for start in range(0, count, 17):
            words[start] = words[start].capitalize()
            words[start - 1] += "."
        return " ".join(words)

    def article(self, count: int) -> Text:
        """An article with a title; every third one has a typographic apostrophe."""
        mark = "’s" if self.random.random() < 1 / 3 else ""
        return Text(title=self.text(9), body=self.text(count) + mark)

    def term(self) -> str:
        """A word that is neither very frequent nor hardly ever used, or a phrase or wildcard of such words."""
        word = self.words[int(_COMMONEST * (_VOCABULARY / _COMMONEST) ** self.random.random())]
        kind = self.random.random()
        if kind < 0.15:
            return f'"{word} {self.random.choices(self.words, cum_weights=self._weights)[0]}"'
        return f"{word}*" if kind < 0.2 and len(word) > 3 else word

    def rule(self) -> str:
        """A query of 5 to 15 terms: a group of names, a group of matters, sometimes NEAR, sometimes an exclusion."""
        count = self.random.randint(5, 15)
        first, second = max(2, count // 3), max(2, count // 2)
        group = " OR ".join(self.term() for _ in range(first))
        other = " OR ".join(self.term() for _ in range(second))
        joint = self.random.choices(("AND", "NEAR/10", "PRE/5"), (7, 2, 1))[0]
        rule = f"({group}) {joint} ({other})"
        return f"{rule} -{self.term()}" if self.random.random() < 0.3 else rule


def rate(work: Callable[[Text], object], texts: Sequence[Text], seconds: float) -> tuple[float, int]:
    """Articles per second of CPU, and how many were done."""
    done = 0
    started = time.process_time()
    while True:
        work(texts[done % len(texts)])
        done += 1
        spent = time.process_time() - started
        if spent >= seconds:
            return done / spent, done


def prototype() -> ModuleType | None:
    """The prototype of the shared folder, if it is there."""
    default = Path(__file__).resolve().parents[2] / "shared"
    path = Path(os.environ.get("NEWSDESK_SHARED") or default) / "reference" / "nq.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location("prototype", path)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures(count: int, chance: Chance, texts: Sequence[Text], seconds: float) -> Iterator[str]:
    """The cells of one line."""
    rules = [chance.rule() for _ in range(count)]
    started = time.process_time()
    queries = [parse(rule) for rule in rules]
    together = QuerySet(queries)
    topics = [Topic(id=str(number), title="", query=query) for number, query in enumerate(queries)]
    tagging = RuleSet(topics)
    yield f"{time.process_time() - started:.2f}"

    def match(text: Text) -> list[int]:
        return together.matching(Document(title=text.title, body=text.body))

    def brute(text: Text) -> list[int]:
        return [n for n, query in enumerate(queries) if query.match(title=text.title, body=text.body) is not None]

    hits = sum(len(match(text)) for text in texts)  # compiles the tests, too
    for text in texts:
        tagging.tags(title=text.title, text=text.body)
    yield f"{hits / len(texts):.2f}"
    matched, _ = rate(match, texts, seconds)
    tagged, _ = rate(lambda text: tagging.tags(title=text.title, text=text.body), texts, seconds)
    one_by_one, compared = rate(brute, texts, seconds)
    for text in texts[: min(compared, 20)]:
        assert match(text) == brute(text), "the sets of matching rules differ"
    yield from (f"{matched:,.0f}", f"{tagged:,.0f}", f"{one_by_one:,.1f}", f"{matched / one_by_one:,.1f}")
    module = prototype()
    if module is not None:
        old = module.RuleSet([(n, module.parse(rule)) for n, rule in enumerate(rules)])
        before, _ = rate(lambda text: old.match(module.Doc({"title": text.title, "body": text.body})), texts, seconds)
        yield f"{matched / before:,.2f}"


def main() -> None:
    """Print a line for each number of rules."""
    arguments = argparse.ArgumentParser(description="articles per second, by number of rules")
    arguments.add_argument("--rules", type=int, nargs="+", default=[10, 100, 1_000, 10_000])
    arguments.add_argument("--seconds", type=float, default=5.0, help="CPU seconds for each figure")
    arguments.add_argument("--words", type=int, default=255, help="words of an article")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    chance = Chance(given.seed)
    texts = [chance.article(given.words) for _ in range(_ARTICLES)]
    print("rules", "make s", "hits", "match", "tags", "brute", "ratio", "earlier", sep="\t")
    for count in given.rules:
        print(count, *figures(count, chance, texts, given.seconds), sep="\t", flush=True)


if __name__ == "__main__":
    main()
