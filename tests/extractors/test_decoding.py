"""Bytes → text: never mojibake, and a clear word where the bytes are no text."""

import codecs
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.decoding import decode
from extractors.records import ExtractError

GERMAN = "<html><body>Über die Brücke – „für alle“ gesperrt, sagt die Behörde.</body></html>"
HINDI = "<html><body>राजधानी में तेज बारिश के बाद कई इलाकों में जलभराव</body></html>"
JAPANESE = "<html><body>津波注意報が発表された。気象庁によると、高さは一メートル。</body></html>"
KOREAN = "<html><body>항만 노동자들은 파업을 열흘 더 연장하기로 결정했다.</body></html>"
THAI = "<html><body>คนงานท่าเรือลงมติให้ขยายเวลาการนัดหยุดงานออกไปอีกสิบวัน</body></html>"
MIXED = GERMAN.encode().replace("„".encode(), b"\x84").replace("“".encode(), b"\x93")
RUSSIAN = "<html><body>Мост закрыт до весны, сообщили власти города.</body></html>"


@pytest.mark.parametrize(
    ("content", "header", "text"),
    [
        pytest.param(
            codecs.BOM_UTF8 + GERMAN.encode(), "text/html; charset=latin1", GERMAN, id="the mark beats the header"
        ),
        pytest.param(GERMAN.encode("utf-16"), None, GERMAN, id="UTF-16 with a mark"),
        pytest.param(GERMAN.encode("utf-16-le"), None, GERMAN, id="UTF-16 without a mark"),
        pytest.param(GERMAN.encode("utf-16-be"), "text/html; charset=utf-8", GERMAN, id="the same, big-endian"),
        pytest.param(HINDI.encode(), "text/html; charset=iso-8859-1", HINDI, id="strict UTF-8 beats a wrong header"),
        pytest.param(GERMAN.encode("cp1252"), "text/html; charset=utf-8", GERMAN, id="declared UTF-8, is windows-1252"),
        pytest.param(GERMAN.encode("cp1252"), "text/html; charset=ISO-8859-1", GERMAN, id="latin-1 means windows-1252"),
        pytest.param(GERMAN.encode("cp1252"), None, GERMAN, id="nothing declared"),
        pytest.param(RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251", RUSSIAN, id="declared in the header"),
        pytest.param(RUSSIAN.encode("koi8-r"), "text/html; Charset = 'KOI8-R'", RUSSIAN, id="spelled oddly"),
        pytest.param(JAPANESE.encode("shift_jis"), "text/html;charset=x-sjis", JAPANESE, id="Shift_JIS"),
        pytest.param(JAPANESE.encode("iso2022_jp"), "text/html;charset=iso-2022-jp", JAPANESE, id="seven-bit Japanese"),
        pytest.param("中文报道".encode("gb18030"), "text/html; charset=gb2312", "中文报道", id="gb2312 means gb18030"),
        pytest.param(
            RUSSIAN.encode("cp1251"), "text/html; charset=x-no-such", None, id="an unknown charset does not raise"
        ),
        pytest.param(RUSSIAN.encode("cp1251"), None, RUSSIAN, id="nothing declared, guessed"),
        pytest.param(RUSSIAN.encode("koi8-r"), "text/html; charset=utf-8", RUSSIAN, id="declared UTF-8, is KOI8-R"),
        pytest.param(JAPANESE.encode("cp932"), "text/html; charset=utf-8", JAPANESE, id="declared UTF-8, is Shift_JIS"),
        pytest.param(JAPANESE.encode("euc-jp"), None, JAPANESE, id="EUC-JP, guessed"),
        pytest.param(JAPANESE.encode("iso2022_jp"), None, JAPANESE, id="seven-bit Japanese, not declared"),
        pytest.param(KOREAN.encode("euc-kr"), None, KOREAN, id="EUC-KR, guessed"),
        pytest.param(THAI.encode("cp874"), None, THAI, id="Thai, guessed"),
        pytest.param(MIXED, "text/html; charset=utf-8", GERMAN, id="UTF-8 with quotes of windows-1252"),
        pytest.param(MIXED, "text/html; charset=iso-8859-1", GERMAN, id="the same, declared as latin-1"),
        pytest.param(b"plain", "text/html; charset=hex", "plain", id="a codec that is no charset"),
        pytest.param(b"caf\x81", None, "caf\x81", id="a byte that windows-1252 has no character for"),
    ],
)
def test_a_page_is_decoded_as_it_was_written(content: bytes, header: str | None, text: str | None) -> None:
    decoded = decode(content, header)
    assert text is None or decoded == text


def test_a_meta_tag_declares_the_charset() -> None:
    page = RUSSIAN.replace(
        "<html>", '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'
    )
    assert decode(page.encode("cp1251")) == page


def test_a_few_broken_bytes_do_not_turn_utf8_into_mojibake() -> None:
    broken = HINDI.encode().replace("तेज".encode(), "तेज".encode()[:-1], 1)
    text = decode(broken)
    assert "राजधानी" in text
    assert text.count("\ufffd") == 1


def test_a_broken_place_in_a_declared_charset_of_many_bytes_keeps_the_rest() -> None:
    text = decode(JAPANESE.encode("shift_jis") + b"\x81", "text/html; charset=shift_jis")
    assert "津波注意報" in text


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 x", "PDF"),
        (b"\xef\xbb\xbf\r\n%PDF-1.7 x", "PDF"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a media file"),
        (b'{"error": "log in", "items": [1, 2]}', "JSON"),
        (b'<?xml version="1.0"?><!-- x --><rss version="2.0"><channel/></rss>', "a feed"),
        (gzip.compress(GERMAN.encode(), mtime=0), "gzip"),
        (b"PK\x03\x04 x", "ZIP"),
        (b"\x89PNG\r\n", "PNG"),
        (bytes(range(256)) * 20, "not text"),
    ],
)
def test_what_is_no_text_is_named(content: bytes, what: str) -> None:
    with pytest.raises(ExtractError, match=what):
        decode(content)


@pytest.mark.parametrize("text", ["RIFF raff, the band's new record", "[Merrow] The pier is closed.", "{}"])
def test_what_only_begins_like_data_is_text(text: str) -> None:
    assert decode(text.encode()) == text


def test_nothing_is_the_empty_text() -> None:
    assert decode(b"") == ""


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=200))
def test_any_utf8_text_comes_back_as_it_was(text: str) -> None:
    assert decode(f"<p>{text}</p>".encode()) == f"<p>{text}</p>"
