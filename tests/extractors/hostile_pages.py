"""Pages made to hurt, each extracted in a process of its own with a limit on CPU time.

Run as a script it prints, a line a case, JSON with the name, the end (the kind, "ExtractError" or "killed"), the
characters of text and the CPU seconds. The limit is the kernel's, so nothing has to be timed.
"""

import gzip
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

CPU_SECONDS = 10
PROSE = "The council met on Tuesday and spoke of the budget for schools, roads and the new library in the old town. "


def page(inner: str) -> bytes:
    return (
        f"<html lang=en><head><title>A page</title></head><body><h1>A page of the paper</h1>{inner}</body></html>"
    ).encode()


def article(extra: str = "") -> bytes:
    return page("<article>" + "".join(f"<p>{PROSE * 3}</p>" for _ in range(4)) + "</article>" + extra)


CASES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "white space": lambda: b" \n\t " * 1000,
    "PDF": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 100,
    "gzip": lambda: gzip.compress(article()),
    "random bytes": lambda: bytes((i * 7919 + i // 7) % 256 for i in range(100_000)),
    "unknown charset": lambda: article().replace(b"<head>", b"<head><meta charset=x-no-such>"),
    "1000 nested div": lambda: page("<div>" * 1000 + f"<p>{PROSE * 8}</p>" + "</div>" * 1000),
    "100000 nested div": lambda: page("<div>" * 100_000 + PROSE * 8),
    "100000 nested unknown": lambda: page("<x-y>" * 100_000 + PROSE * 8),
    "50000 nested inline": lambda: page("<p>" + "<b>" * 50_000 + PROSE * 8),
    "1900 nested div full of text": lambda: page("".join(f"<div>{PROSE * 8}" for _ in range(1900))),
    "300 nested div full of text": lambda: page("".join(f"<div>{PROSE * 30}" for _ in range(300))),
    "10 towers of 1900 div": lambda: page(("<div>" * 1900 + "x" + "</div>" * 1900) * 10),
    "4000 open paragraphs": lambda: page(f"<p>{PROSE}" * 4_000),
    "2 million br": lambda: article("<br>" * 2_000_000),
    "10000 br with class": lambda: article("<br class=x>" * 10_000),
    "200000 paragraphs": lambda: page(f"<p>{PROSE[:25]}</p>" * 200_000),
    "19 MB article": lambda: page(f"<p>{PROSE * 3}</p>" * 58_000),
    "20 MB text node": lambda: page(PROSE * 180_000),
    "100000 links": lambda: page("<a href=/x>a link of the page</a> " * 100_000),
    "2000 linked list items": lambda: page(
        "<ul>" + "<li><a href=/x>a headline of another page</a></li>" * 2_000 + "</ul>"
    ),
    "100000 attributes": lambda: article("<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">x</p>"),
    "200 tags of 900 attributes": lambda: article(("<p " + " ".join(f"a{i}" for i in range(900)) + ">x</p>") * 200),
    "20 MB script": lambda: article("<script>" + "var a = '<b>';" * 1_400_000 + "</script>"),
    "1 million open scripts": lambda: article("<script>" * 1_000_000),
    "1 million open styles": lambda: article("<style x>" * 1_000_000),
    "1 million comments": lambda: article("<!-- x -->" * 1_000_000),
    "1 million open comments": lambda: article("<!--" * 1_000_000),
    "JSON-LD 50000 deep": lambda: article("<script type='application/ld+json'>" + "[" * 50_000 + "</script>"),
    "JSON-LD 300 deep": lambda: article(
        "<script type='application/ld+json'>" + '{"@graph":[' * 150 + "1" + "]}" * 150 + "</script>"
    ),
    "2000 JSON-LD blocks": lambda: article(
        '<script type=\'application/ld+json\'>{"@type":"NewsArticle","author":[{"@id":"x"}],"@id":"x"}</script>' * 2000
    ),
    "1 million open angles": lambda: article("<" * 1_000_000),
    "1 million entities": lambda: article("&amp;" * 1_000_000),
    "white space run": lambda: article("<p>" + " " * 3_000_000 + "x</p>"),
    "digit run": lambda: article("<time datetime=1>" + "1" * 2_000_000 + "</time>"),
    "dash run in the title": lambda: article().replace(b"A page", b"a - " * 20_000),
    "comma run in a byline": lambda: article('<meta name="author" content="' + "a, b and " * 200_000 + '">'),
    "null bytes": lambda: article().replace(b"a", b"a\x00", 60),
    "XML declaration": lambda: b'<?xml version="1.0" encoding="utf-16"?>' + article(),
    "unclosed tags": lambda: page(f"<div><p>{PROSE}<span><a href=/x>x<li><td>" * 3000),
    "3000 headings": lambda: page(f"<h1>{PROSE}</h1>" * 3_000),
    "3000 bylines": lambda: article("<span class=byline>By Ann Other</span>" * 3_000),
    "30000 nested tables": lambda: page("<table><tr><td>" * 12_000 + PROSE),
    "nested links full of text": lambda: page(f"<a href=/x><div>{PROSE}" * 1500),
}


def outcome(name: str, seconds: int = CPU_SECONDS) -> dict[str, object]:
    """Extracts one case in a forked child under the limit, and says how it ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        with os.fdopen(writer, "w") as channel:
            json.dump(_extracted(CASES[name]()), channel)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as channel:
        said = channel.read()
    _, _, usage = os.wait4(child, 0)
    result = json.loads(said) if said else {"end": "killed", "characters": 0}
    return {"name": name, "cpu": round(usage.ru_utime + usage.ru_stime, 2), "mb": usage.ru_maxrss // 1024, **result}


def _extracted(content: bytes) -> dict[str, object]:
    from extractors import ExtractError, extract_article

    try:
        found = extract_article(content, "https://paper.example/a/b-1.html")
    except ExtractError as error:
        return {"end": "ExtractError", "why": str(error), "characters": 0}
    except BaseException as error:  # the parent shows it
        return {"end": type(error).__name__, "why": str(error)[:300], "characters": 0}
    return {"end": found.kind.value, "why": found.kind_reason, "characters": len(found.text), "title": found.title}


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    _extracted(article())  # warm: the engines and the language model are loaded once, before the forks
    for name in sys.argv[1:] or CASES:
        print(json.dumps(outcome(name)), flush=True)


if __name__ == "__main__":
    main()
