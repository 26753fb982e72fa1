"""Checks of single values: an address, a language, a URL, a time zone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdesk.watchlist.checks import check_address, check_language, check_url, check_zone


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_checks_of_any_text_end_with_the_text_or_an_error(text: str) -> None:
    for check in (check_address, check_language, check_url, check_zone):
        try:
            assert check(text) == text
        except ValueError as error:
            told = str(error)
        else:
            told = "fine; really"
        assert "; " in told


@pytest.mark.parametrize(
    "text",
    [
        *("a@b@c.example", "@paper.example", "desk@", "a b@paper.example", "a@b.example,c@d.example", ""),
        *("desk@paper.example\n", "<desk@paper.example>", "x" * 250 + "@paper.example", "desk"),
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        check_address(text)


@pytest.mark.parametrize("text", ["IST+5", "Asia", "../etc/passwd", "", "asia", "/etc/localtime"])
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        check_zone(text)
