"""tdmrep.json: which rule fits a page, and what a damaged file is worth."""

import json
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.fetch import NO_RULES, TdmRules, parse_tdmrep
from newsdesk.model import SiteRule

POLICY = "https://press.example/policy.json"


def file(*rules: object) -> bytes:
    return json.dumps(rules).encode()


def reserves(location: str, url: str) -> bool:
    found = parse_tdmrep(file({"location": location, "tdm-reservation": 1})).rule_for(url)
    return found is not None and found.reserved


@pytest.mark.parametrize(
    ("location", "path", "fits"),
    [
        ("/", "/news/a", True),
        ("/", "", True),
        ("*", "/news/a", True),
        ("/news/", "/news/a", True),
        ("/news/", "/news", False),
        ("/news/", "/sport/news/", False),
        ("/News/", "/news/a", False),
        ("/fish*.php", "/fish/heads.php?lang=en", True),
        ("/fish*.php", "/Fish.PHP", False),
        ("/*.jpg$", "/pier/one.jpg", True),
        ("/*.jpg$", "/pier/one.jpg?size=2", False),
        ("/exactly$", "/exactly", True),
        ("/exactly$", "/exactly/not", False),
        ("/a*b*c$", "/a-b-b-c-c", True),
        ("/ab*ba$", "/aba", False),
        ("/a*$", "/abc", True),
        ("/*?id=", "/x?id=4", True),
        ("/path/foo-%24", "/path/foo-$", True),
        ("/path/%2A", "/path/*", True),
        ("/caf%C3%A9/", "/café/1", True),
        ("/café/", "/caf%c3%a9/1", True),
        ("/%7Euser/", "/~user/", True),
        ("/a%2Fb", "/a/b", False),
    ],
)
def test_a_location_fits_as_in_robots_txt(location: str, path: str, *, fits: bool) -> None:
    assert reserves(location, f"https://press.example{path}") is fits


def test_the_first_rule_that_fits_counts() -> None:
    rules = parse_tdmrep(
        file(
            {"location": "/free/", "tdm-reservation": 0, "tdm-policy": POLICY},
            {"location": "/", "tdm-reservation": 1, "tdm-policy": POLICY},
            {"location": "/late/", "tdm-reservation": 0},
        )
    )
    assert rules.rule_for("https://press.example/free/a") == SiteRule(location="/free/", reserved=False, policy=POLICY)
    assert rules.rule_for("https://press.example/late/a") == SiteRule(location="/", reserved=True, policy=POLICY)


def test_where_no_rule_fits_nothing_is_said() -> None:
    rules = parse_tdmrep(file({"location": "/pictures/", "tdm-reservation": 1}))
    assert rules.rule_for("https://press.example/news") is None


@pytest.mark.parametrize("value", [2, True, None, "yes", [], 1.5])
def test_a_reservation_that_is_neither_0_nor_1_says_nothing_of_its_pages(value: object) -> None:
    rules = parse_tdmrep(
        file({"location": "/news/", "tdm-reservation": value}, {"location": "/", "tdm-reservation": 1})
    )
    assert rules.rule_for("https://press.example/news/a") is None
    assert rules.rule_for("https://press.example/b") is not None
    assert rules.fault == "1 of its 2 rules are damaged"


@pytest.mark.parametrize(
    "rule", ["text", None, {}, {"location": 3}, {"location": ""}, {"location": "news"}, {"location": "/" + "a" * 3000}]
)
def test_a_rule_without_a_location_is_passed_over(rule: object) -> None:
    rules = parse_tdmrep(file(rule, {"location": "/", "tdm-reservation": "1"}))
    assert rules.rule_for("https://press.example/a") == SiteRule(location="/", reserved=True)
    assert rules.fault


def test_one_rule_without_brackets_is_understood() -> None:
    rules = parse_tdmrep(b'\xef\xbb\xbf{"location": "/", "tdm-reservation": 1}')
    assert rules.rule_for("https://press.example/a") == SiteRule(location="/", reserved=True)


@pytest.mark.parametrize("body", [b"", b" \n", b"<!doctype html><p>Not found"])
def test_a_page_in_the_place_of_the_file_is_no_file(body: bytes) -> None:
    assert parse_tdmrep(body) == NO_RULES


@pytest.mark.parametrize("body", [b"[", b'"/"', b"\xff\xfe[]", b"[" * 100_000, b"[" + b"9" * 9_000 + b"]", b"3"])
def test_a_damaged_file_has_no_rules_and_says_why(body: bytes) -> None:
    rules = parse_tdmrep(body)
    assert rules.rule_for("https://press.example/a") is None
    assert rules.fault


def test_of_very_many_rules_the_first_thousand_are_read() -> None:
    rules = parse_tdmrep(file(*({"location": f"/{n}$", "tdm-reservation": 1} for n in range(1_500))))
    assert rules.rule_for("https://press.example/999") is not None
    assert rules.rule_for("https://press.example/1000") is None
    assert rules.fault == "it has 1500 rules; the first 1000 are read"


def test_a_location_made_to_be_slow_is_not() -> None:
    rules = parse_tdmrep(file(*({"location": "/" + "a*" * 999, "tdm-reservation": 1} for _ in range(100))))
    began = time.process_time()
    assert rules.rule_for("https://press.example/" + "a" * 990 + "b" * 7_000) is None
    assert time.process_time() - began < 5


def test_a_policy_is_kept_short_and_on_one_line() -> None:
    rules = parse_tdmrep(
        file({"location": "/", "tdm-reservation": 1, "tdm-policy": "https://p.example/\r\n" + "x" * 900})
    )
    found = rules.rule_for("https://press.example/")
    assert found is not None
    assert found.policy is not None
    assert (len(found.policy), found.policy.isprintable()) == (500, True)


@given(st.binary(max_size=200))
def test_any_bytes_give_rules(body: bytes) -> None:
    assert isinstance(parse_tdmrep(body), TdmRules)


@given(st.text(string.printable, max_size=30), st.text(string.printable, max_size=30))
def test_any_location_can_be_held_against_any_address(location: str, path: str) -> None:
    assert reserves("/" + location, "https://press.example/" + path) in {True, False}
    assert reserves("/*", "https://press.example/" + path)
