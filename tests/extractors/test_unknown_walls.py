"""What a page is shows in its build: 120 pages in five tongues that no list of phrases knows."""

import pytest

from extractors import Kind, extract_article
from tests.extractors.tongues import TONGUES, Tongue
from tests.extractors.unknown_walls import MAKERS, URL, Maker, article, page, paragraphs


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.code)
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_page_is_told_by_its_build_in_a_language_that_nobody_listed(make: Maker, tongue: Tongue) -> None:
    found = extract_article(make(tongue).encode(), URL)
    assert found.kind in MAKERS[make], found.kind_reason


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.code)
def test_a_dialogue_on_a_page_whose_text_is_loaded_later_is_not_the_article(tongue: Tongue) -> None:
    said = "".join(f"<p>{text}</p>" for text in tongue.consent)
    body = f'<div id=app></div><div class="cookie-layer">{said}</div>'
    found = extract_article(page(tongue, title=tongue.headline, body=body).encode(), URL)
    assert found.kind is Kind.CONSENT


def test_a_short_report_beside_a_long_dialogue_is_an_article() -> None:
    tongue = TONGUES[0]
    dialogue = f'<div class="cookie-layer">{paragraphs(tongue.consent * 4)}</div>'
    found = extract_article(article(tongue, before=dialogue).encode(), URL)
    assert (found.kind, tongue.consent[0] in found.text) == (Kind.ARTICLE, False)
