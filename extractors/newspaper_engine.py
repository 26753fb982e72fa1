"""The one door to newspaper (newspaper4k, or newspaper3k where that is installed): HTML handed in, nothing fetched.

Its text depends on the process's hash seed (measured: one page gave 9,124, 4,957 and 9,326 characters), so texts of
this engine must not be compared by hash unless PYTHONHASHSEED is fixed.
"""

import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class NewspaperReading:
    """What newspaper makes of a page; "" and None where it finds nothing."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None  # may be naive
    text: str = ""


def read_newspaper(html: str, url: str) -> NewspaperReading:
    """The reading of a guarded page; an empty one where newspaper fails on it.

    Both packages believe the page's `lang`. Where that is a language whose extra package is missing, newspaper4k raises
    ImportError, and LookupError for data that it would download; newspaper3k finds no text in a page that names the
    wrong one. In all these cases it is asked once more with English, which leaves `lang` aside.
    """
    reading = _tried(html, url)
    if reading is not None and reading.text.strip():
        return reading
    readings = [one for one in (reading, _tried(html, url, language="en")) if one is not None]
    return max(readings, key=lambda one: bool(one.text.strip()), default=NewspaperReading())


def _tried(html: str, url: str, **options: Any) -> NewspaperReading | None:
    try:
        return _read(html, url, **options)
    except Exception:  # the ones above, and whatever an odd page does to it
        return None


def _read(html: str, url: str, **options: Any) -> NewspaperReading:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the language packages that it lacks
        from newspaper import Article

        article = Article(url, fetch_images=False, follow_meta_refresh=False, **options)
        article.download(input_html=html)
        article.parse()
    published = article.publish_date
    return NewspaperReading(
        title=article.title or "",
        authors=tuple(str(name) for name in article.authors),
        published=published if isinstance(published, datetime) else None,
        text=article.text or "",
    )
