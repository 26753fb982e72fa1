"""Canonical keys, absolute links, redirectors."""

import string
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.records import ExtractError
from extractors.urls import absolute, canonical_key, host_of, path_key, unwrap_redirector, weak_key

KEYS = {
    "HTTP://User:secret@News.EXAMPLE:80/a/../b%2fc/%7Euser": "http://news.example/b%2Fc/~user",
    "https://news.example:443": "https://news.example/",
    "https://news.example:8443/a": "https://news.example:8443/a",
    "https://news.example./a": "https://news.example/a",
    "https://news.example/a?": "https://news.example/a",
    "https://news.example/a?&&b=1&": "https://news.example/a?b=1",
    "https://news.example/a#top": "https://news.example/a",
    "https://news.example/#!/story/1": "https://news.example/#!/story/1",
    "https://news.example/a?z=1&a=2": "https://news.example/a?a=2&z=1",
    "https://news.example/a?utm_source=x&id=5&UTM_Medium=y": "https://news.example/a?id=5",
    "https://news.example/a?fbclid=1&gclid=2&mc_eid=3&_hsenc=4&xtor=RSS-1": "https://news.example/a",
    "https://news.example/a;jsessionid=AB12?x=1": "https://news.example/a?x=1",
    "https://news.example/a?q=%c3%a9%41+b%20c": "https://news.example/a?q=%C3%A9A+b%20c",
    "https://news.example/a b?ü=ö": "https://news.example/a%20b?%C3%BC=%C3%B6",
    "https://news.example/a?100%": "https://news.example/a?100%25",
    "https://münchen.example/ä": "https://xn--mnchen-3ya.example/%C3%A4",
    " https://news.example/a\n": "https://news.example/a",
    "https://[2001:DB8::1]:443/a": "https://[2001:db8::1]/a",
    "https://www.theguardian.com/x?CMP=rss&page=2": "https://www.theguardian.com/x?page=2",
    "https://www.ndtv.com/x-1?pfrom=home-latest": "https://www.ndtv.com/x-1",
    "https://news.example/x-1?pfrom=home": "https://news.example/x-1?pfrom=home",
    "https://news.example/x?utm_source=a#story": "https://news.example/x",
    "https://news.example/a/./b?b=2&a=1": "https://news.example/a/b?a=1&b=2",
    "https://xn--mnchen-3ya.example/a?utm_id=1": "https://xn--mnchen-3ya.example/a",
    "https://news.example/x?CMP=rss&source=a&ref=b&cid=9": "https://news.example/x?CMP=rss&cid=9&ref=b&source=a",
}

DIFFERENT = (
    "https://n.example/?p=1",
    "https://n.example/?p=2",
    "https://n.example/#!/1",
    "https://n.example/#!/2",
    "https://n.example/a%2Fb",
    "https://n.example/a/b",
    "https://n.example/a/b/",
    "https://n.example/A/b",
    "https://n.example/?q=a%26b",
    "https://n.example/?q=a&b",
    "https://n.example/?q=a%2Bb",
    "https://n.example/?q=a+b",
    "https://n.example/?q=a%3Db",
    "https://n.example/?q=a%2Fb",
    "https://n.example/?q=a/b",
    "https://n.example/?id=1&id=2",
    "https://n.example/?id=1",
    "https://n.example:8080/?id=1",
    "http://n.example/?id=1",
    "https://www.n.example/?id=1",
    "https://n.example/a%20b",
    "https://n.example/ab",
)

REDIRECTORS = {
    "https://www.google.com/url?rct=j&sa=t&url=https%3A%2F%2Fn.example%2Fa%3Fb%3D1&ct=ga&usg=x": "https://n.example/a?b=1",
    "https://www.google.co.in/url?q=http://n.example/a&sa=U": "http://n.example/a",
    "https://www.google.com/amp/s/n.example/a/": "https://n.example/a/",
    "https://n-example.cdn.ampproject.org/c/s/n.example/a?x=1": "https://n.example/a?x=1",
    "https://n-example.cdn.ampproject.org/v/n.example/a": "http://n.example/a",
    "http://www.bing.com/news/apiclick.aspx?ref=F&url=http%3a%2f%2fn.example%2fa&c=1": "http://n.example/a",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fn.example%2F&h=x": "https://n.example/",
    "https://out.reddit.com/t3_x?url=https%3A%2F%2Fn.example%2F": "https://n.example/",
    "https://www.google.com/url?url=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fn.example%252F": (
        "https://n.example/"
    ),
}

LEFT_ALONE = (
    "https://news.google.com/rss/articles/CBMiAbc?oc=5",
    "https://www.google.com/url?url=javascript:alert(1)",
    "https://www.google.com/url?foo=1",
    "https://www.google.com/search?q=https://n.example/",
    "https://www.google.com/amp/nothing",
    "https://n.example/url?url=https://other.example/",
    "https://google.com.evil.example/url?url=https://other.example/",
    "not a url",
    "http://[::1",
)


@pytest.mark.parametrize(("url", "key"), KEYS.items(), ids=lambda text: text)
def test_spellings_of_one_url_have_one_key(url: str, key: str) -> None:
    assert canonical_key(url) == key
    assert canonical_key(key) == key


def test_different_documents_never_share_a_key() -> None:
    same = [pair for pair in combinations(DIFFERENT, 2) if canonical_key(pair[0]) == canonical_key(pair[1])]
    assert same == []


@pytest.mark.parametrize("url", ["", "n.example/a", "ftp://n.example/", "mailto:a@n.example", "http://", "http://a b/"])
def test_what_is_no_http_url_is_an_error_that_shows_it(url: str) -> None:
    with pytest.raises(ExtractError, match="such as https://"):
        canonical_key(url)
    assert host_of(url) == ""


def test_the_weak_key_folds_scheme_and_www() -> None:
    urls = (
        "http://www.n.example/a",
        "https://n.example/a",
        "https://www.n.example:443/a?utm_id=1",
        "http://n.example/a",
    )
    assert {weak_key(url) for url in urls} == {"n.example/a"}
    assert weak_key("https://n.example/b") != weak_key("https://n.example/a")


def test_a_page_keeps_its_path_key_where_its_site_moves() -> None:
    urls = (
        "http://n.example/a/1?b=2&a=1",
        "https://www.n.example/a/1?a=1&b=2&utm_id=3",
        "https://m.example:81/a/1?a=1&b=2",
    )
    assert {path_key(url) for url in urls} == {"/a/1?a=1&b=2"}
    assert path_key("https://n.example") == "/"
    assert path_key("https://n.example/a/2") != path_key("https://n.example/a/1")


def test_the_host_is_in_lower_case_and_ascii() -> None:
    assert host_of("https://MÜNCHEN.example:8080/") == "xn--mnchen-3ya.example"


@pytest.mark.parametrize(("url", "target"), REDIRECTORS.items(), ids=lambda text: text)
def test_a_redirector_gives_up_the_url_inside(url: str, target: str) -> None:
    assert unwrap_redirector(url) == target


@pytest.mark.parametrize("url", LEFT_ALONE)
def test_what_carries_no_url_is_left_alone(url: str) -> None:
    assert unwrap_redirector(url) == url


@pytest.mark.parametrize(
    ("link", "base", "expected"),
    [
        ("b?x=1#y", "https://n.example/a/", "https://n.example/a/b?x=1#y"),
        ("//cdn.example/i.png", "https://n.example/", "https://cdn.example/i.png"),
        ("HTTPS://N.example/A", None, "https://N.example/A"),
        (" https://n.example/a\n b ", None, "https://n.example/a%20b"),
        ("/a", None, None),
        ("", "https://n.example/", None),
        ("javascript:alert(1)", "https://n.example/", None),
        ("java\nscript:alert(1)", "https://n.example/", None),
        ("data:text/html,x", "https://n.example/", None),
        ("mailto:a@n.example", "https://n.example/", None),
        ("http://", None, None),
        ("http://n.example:99999/", None, None),
        ("http://[::1", "https://n.example/", None),
        ("http://a%20b/", None, None),
    ],
)
def test_a_link_becomes_an_absolute_http_url_or_nothing(link: str, base: str | None, expected: str | None) -> None:
    assert absolute(link, base) == expected


URL_TEXT = st.text(string.ascii_letters + string.digits + "/%2F&=?#!.;:+~ äé-_@", max_size=40)
PAIRS = st.lists(st.tuples(st.text("abc", min_size=1, max_size=3), st.text("12/%é", max_size=3)), max_size=5)


@settings(deadline=None)
@given(URL_TEXT)
def test_the_key_of_a_key_is_itself(rest: str) -> None:
    key = canonical_key("https://n.example/" + rest)
    assert canonical_key(key) == key


@given(st.text("abA1/.-_~=&", max_size=30))
def test_a_plain_url_has_the_key_that_a_full_reading_gives(rest: str) -> None:
    """An upper-case scheme makes the same URL one that is not plain."""
    assert canonical_key(f"https://n.example/{rest}") == canonical_key(f"HTTPS://n.example/{rest}")
    assert canonical_key(f"https://n.example/a?{rest}") == canonical_key(f"HTTPS://n.example/a?{rest}")


@settings(max_examples=50, deadline=None)
@given(pairs=PAIRS, chance=st.randoms(use_true_random=False), tracked=st.booleans())
def test_the_order_of_parameters_and_tracking_change_nothing(
    pairs: list[tuple[str, str]], chance: Random, *, tracked: bool
) -> None:
    shuffled = [f"{name}={value.replace('%', '%25')}" for name, value in pairs]
    plain = canonical_key("https://n.example/?" + "&".join(shuffled))
    chance.shuffle(shuffled)
    if tracked:
        shuffled.insert(0, "utm_source=feed")
    assert canonical_key("https://n.example/?" + "&".join(shuffled)) == plain


@settings(deadline=None)
@given(st.text(max_size=40), st.one_of(st.none(), st.just("https://n.example/a/b")))
def test_any_link_is_absolute_or_nothing(link: str, base: str | None) -> None:
    found = absolute(link, base)
    if found is not None:
        assert found.startswith(("http://", "https://"))
        assert canonical_key(canonical_key(found)) == canonical_key(found)
        assert unwrap_redirector(found)
