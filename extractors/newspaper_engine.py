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

    It raises ImportError for languages whose extra package is missing, and LookupError for data that it would
    download; in both cases it is asked once more with English.
    """
    try:
        return _read(html, url)
    except (ImportError, LookupError):
        pass
    except Exception:
        return NewspaperReading()
    try:
        return _read(html, url, language="en", use_meta_language=False)
    except Exception:
        return NewspaperReading()


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
