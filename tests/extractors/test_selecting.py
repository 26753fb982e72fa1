"""Selectors of operators: what is read, what is refused with a remedy, and what no page can make dear."""

import subprocess
import sys
from pathlib import Path

import pytest

from extractors.body import parse_page
from extractors.selecting import MAX_SELECTOR, CostlyError, SelectorError, check_selector, select

PAGE = parse_page(
    '<html><head><meta name=d content="2026-03-03"></head><body><main><article class="x y"><h1>Pier</h1>'
    "<div class=body><p>one</p><p>two <b>three</b></p></div></article></main><div><p>four</p></div></body></html>"
)


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("div.body", ["div"]),
        ("main > article .body p", ["p", "p"]),
        ("h1, .body", ["h1", "div"]),
        ("p:has(b)", ["p"]),
        (" //div[@class='body']/p[last()] ", ["p"]),
        ("//p[contains(., 'four') or normalize-space(.) = 'one']", ["p", "p"]),
        ("//meta[@name='d']/@content", ["2026-03-03"]),
        ("//h1/text()", ["Pier"]),
        ("//h1/..", ["article"]),
        ("/html/body/main//p", ["p", "p"]),
        ("./body/div", ["div"]),
        ("//body//*//p", ["p", "p", "p"]),
        ("//p | //h1", ["p", "p", "p", "h1"]),
        ("//p[.//b][position() < 3]", ["p"]),
    ],
)
def test_css_and_xpath_find_each_place_once(selector: str, found: list[str]) -> None:
    nodes = select(check_selector(selector), PAGE)
    assert [node if isinstance(node, str) else node.tag for node in nodes] == found


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        ("", "is empty; write a CSS selector"),
        ("p" * (MAX_SELECTOR + 1), "has more than 300 characters"),
        ("p\nq", "control characters"),
        ("div..x", "cannot be read as CSS"),
        ("//p[", "cannot be read as XPath"),
        ("//a:b", "cannot be evaluated"),
        ("//", "ends before it names an element"),
        ("//p = 1", "gives a number, a text or a truth value"),
        ("//p[document('/etc/hosts')]", "uses document, which is not allowed"),
        ("//p[unparsed-entity-uri('x')]", "uses unparsed-entity-uri"),
        ("//p[re:test(., '(a+)+$')]", "uses re:test"),
        ("//p[$x]", "uses a variable"),
        ("//p[count(//*) > 3]", "uses count"),
        ("//p[//b]", "searches the page within a condition"),
        ("//p[.//b//c]", "searches the page within a condition"),
        ("//p[../b]", "looks at the parent within a condition"),
        ("//*[* != *]", "compares two places"),
        ("p:nth-child(2)", "write the place among them in XPath"),
        ("h1 + p", "looks at siblings"),
        ("//p/following::p", "looks at siblings"),
        ("//descendant::p", "write it with //"),
        ("(//*//*)[1]", "without them"),
        ("//p" + "[b]" * 7, "has 7 conditions"),
        ("//p" + "/b" * 12, "more than 12 steps"),
    ],
)
def test_what_is_wrong_or_dear_is_refused_with_what_to_write(selector: str, told: str) -> None:
    with pytest.raises(SelectorError) as caught:
        check_selector(selector)
    assert told in str(caught.value)
    assert "; " in str(caught.value)


def test_a_selector_that_matches_half_the_page_ends() -> None:
    tree = parse_page("<html><body>" + "<p>x</p>" * 39_000)
    with pytest.raises(CostlyError, match="more than 20000 places"):
        select("//*//*", tree)


_HOSTILE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (6, 6))
from extractors.body import parse_page
from extractors.selecting import CostlyError, check_selector, select
pages = [
    "<html><body>" + "<p>x</p>" * 9_000,
    "<html><body>" + ("<div>" * 500 + "x" + "</div>" * 500) * 18,
    "<html><body>" + "<div>" * 250 + "<p>x</p>" * 8_500,
    "<html><body>" + ("<div>" + "<p>x</p>" * 95 + "</div>") * 95,
]
paths = "//*//*//*//*", "* * * *", "//*[*/*/*/*]", "//*[.//b]//*[.//b]", "//*/../*/..", '//*[contains(., "q")]'
for selector in paths:
    for page in pages:
        try:
            select(check_selector(selector), parse_page(page))
        except CostlyError:
            pass
print("ended")
"""


def test_no_page_makes_a_selector_dear() -> None:
    """The limit is the kernel's and holds for all of them together; single paths of lxml need minutes for one."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", _HOSTILE], capture_output=True, text=True, check=False, cwd=root)
    assert done.stdout.strip() == "ended", done.stderr[-500:]
