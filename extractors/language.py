"""Which language a text is in, by its letters; the page's own `lang` attribute is wrong too often to lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

_SAMPLE: Final = 500  # characters beyond which more text changes nothing
_SHORT = 60  # letters under which the page's own word breaks a tie
_FEWEST = 3
_ISO_639_1 = 2  # letters of a code
_CLOSE = 0.15  # distance in probability that counts as a tie
# Close relatives that have only a code of three letters, or are a written standard of another.
_FOLDED = {"yue": "zh", "wuu": "zh", "arz": "ar", "ary": "ar", "sdh": "ku", "nn": "no", "pcm": "en", "uzs": "uz"}
_ALIASES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "fil": "tl", "tl": "tl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """An ISO 639-1 code, what told it, and how sure that is."""

    code: str
    source: str  # py3langid, or lang for the page's own word
    confidence: float


def detect_language(title: str, text: str, *, declared: str = "", languages: Iterable[str] = ()) -> str | None:
    """The code alone of `find_language`."""
    found = find_language(title, text, declared=declared, languages=languages)
    return found.code if found else None


def find_language(title: str, text: str, *, declared: str = "", languages: Iterable[str] = ()) -> Language | None:
    """The language of title and head of the text, None where there is nothing to go by.

    `declared` is the page's `lang` (any BCP 47 tag) and only breaks ties and speaks for very short texts;
    `languages`, where given, are the only answers allowed.
    """
    sample = _main_script(f"{title}\n{text[:_SAMPLE]}")
    allowed = {_primary(code) for code in languages}
    hint = _primary(declared)
    hint = hint if len(hint) == _ISO_639_1 and (not allowed or hint in allowed) else ""
    letters = sum(character.isalpha() for character in sample)
    ranked = _ranked(sample, allowed) if letters >= _FEWEST else []
    if not ranked:
        return Language(code=hint, source="lang", confidence=0.5) if hint else None
    best, likelihood = ranked[0]
    is_short = letters < _SHORT and hint in [code for code, _ in ranked[:8]]
    is_close = any(code == hint and likelihood - other <= _CLOSE for code, other in ranked[1:4])
    if hint and hint != best and (is_short or is_close):
        return Language(code=hint, source="lang", confidence=0.7)
    return Language(code=best, source="py3langid", confidence=0.95 if letters >= _SHORT else 0.7)


def _primary(tag: str) -> str:
    code = tag.replace("_", "-").split("-")[0].strip().casefold()
    return _ALIASES.get(code, code)


def _main_script(text: str) -> str:
    """Only the words of the script that most letters are in: English names within Hindi do not make it English."""
    latin: list[str] = []
    other: list[str] = []
    for word in text.split():
        (latin if max((c for c in word if c.isalpha()), default="a") < "\u0250" else other).append(word)
    weigh = [sum(len(word) for word in words) for words in (latin, other)]
    # Scripts other than Latin say more with a letter, and Latin words within them are mostly names.
    return " ".join(other if 2 * weigh[1] >= weigh[0] else latin)


def _ranked(sample: str, allowed: set[str]) -> list[tuple[str, float]]:
    likelihoods: dict[str, float] = {}
    for code, likelihood in _identifier().rank(sample):
        folded = _FOLDED.get(code, code)
        if len(folded) == _ISO_639_1 and (not allowed or folded in allowed):
            likelihoods[folded] = likelihoods.get(folded, 0.0) + float(likelihood)
    return sorted(likelihoods.items(), key=lambda entry: -entry[1])


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """The model: half a second and some 80 MB, once a process; so it is loaded when first needed."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
