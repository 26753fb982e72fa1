"""Languages are told by the letters, not by what the page claims."""

import pytest

from extractors.language import Language, detect_language, find_language

HINDI = "राजधानी में मंगलवार सुबह तेज बारिश के बाद कई इलाकों में पानी भर गया और यातायात घंटों तक प्रभावित रहा।"
ENGLISH = "Port authorities closed the northern pier on Monday after divers found cracks in eleven pillars."
GERMAN = "Die Hafenbehörde hat am Montag den nördlichen Anleger gesperrt, nachdem Taucher Risse gefunden hatten."


@pytest.mark.parametrize(("text", "code"), [(HINDI, "hi"), (ENGLISH, "en"), (GERMAN, "de")])
def test_the_language_of_a_text_is_found(text: str, code: str) -> None:
    assert detect_language("", text) == code


def test_a_wrong_lang_attribute_does_not_lead() -> None:
    assert detect_language("", HINDI, declared="en-US") == "hi"
    assert detect_language("", GERMAN, declared="en") == "de"


@pytest.mark.parametrize(
    "text",
    [
        "PM मोदी ने launch किया नया scheme, Digital India Mission के तहत मिलेगा benefit",
        "Share Market Update: Sensex 500 points ऊपर बंद हुआ, Nifty में भी तेजी, जानिए क्या है वजह",
        "iPhone 17 Pro Max भारत में लॉन्च, कीमत और specifications की पूरी जानकारी यहां देखें",
    ],
)
def test_hindi_with_english_words_in_it_is_hindi(text: str) -> None:
    assert detect_language(text, "", declared="en") == "hi"


def test_english_with_a_hindi_word_in_it_is_english() -> None:
    assert detect_language("", f"{ENGLISH} The sign read नमस्ते in tall letters.") == "en"


def test_the_declared_language_speaks_for_very_short_texts() -> None:
    assert detect_language("Hello", "", declared="en-GB") == "en"
    assert detect_language("", "", declared="pt_BR") == "pt"
    assert detect_language("", "") is None


def test_only_allowed_languages_are_answered() -> None:
    assert detect_language("", GERMAN, languages=("en", "hi")) in {"en", "hi"}
    assert detect_language("Hello", "", declared="fr", languages=("en",)) == "en"


def test_codes_have_two_letters() -> None:
    assert detect_language("", "香港今日天氣好熱，市民要小心中暑，政府呼籲大家多飲水，唔好曬太陽太耐。") == "zh"


def test_who_told_the_language_is_kept() -> None:
    assert find_language("", GERMAN, declared="en") == Language(code="de", source="py3langid", confidence=0.95)
    assert find_language("", "", declared="pt_BR") == Language(code="pt", source="lang", confidence=0.5)
    assert find_language("", "") is None


def test_only_the_first_characters_of_a_text_are_looked_at() -> None:
    assert detect_language("", f"{GERMAN} {GERMAN} {GERMAN} {GERMAN} {GERMAN} " + ENGLISH * 100) == "de"
