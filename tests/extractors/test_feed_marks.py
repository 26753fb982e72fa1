"""Marks: entries that the caller knows as they stand are named, and not read."""

from extractors import parse_feed

URL = "http://gazette.example/feed.xml"


def item(number: int, words: str = "They met.") -> str:
    return (
        f"<item><title>Story {number}</title><link>http://gazette.example/{number}</link><guid>{number}</guid>"
        f"<pubDate>Mon, 02 Mar 2026 10:0{number}:00 +0000</pubDate><description>{words}</description></item>\n"
    )


def feed(*items: str, head: str = "") -> bytes:
    return f"<rss version='2.0'><channel><title>Gazette</title>{head}{''.join(items)}</channel></rss>".encode()


def test_an_entry_that_is_known_as_it_stands_is_not_read() -> None:
    first = parse_feed(feed(item(1), item(2), item(3)), URL)
    marks = [entry.mark for entry in first.entries]
    assert len(set(marks)) == 3
    changed = feed(item(4), item(1), item(2, "They met again."), item(3), head="<lastBuildDate>now</lastBuildDate>")
    again = parse_feed(changed, URL, known=frozenset(marks))
    assert again.unchanged == (marks[0], marks[2])
    assert again.entries == tuple(entry for entry in parse_feed(changed, URL).entries if entry.guid in ("4", "2"))
    assert again.title == "Gazette"


def test_what_feedparser_reads_has_no_marks_and_is_read_whole() -> None:
    bare = feed(item(1).replace("<guid>1</guid>", ""), item(2))
    assert [entry.mark for entry in parse_feed(bare, URL).entries] == ["", ""]
    marks = frozenset(entry.mark for entry in parse_feed(feed(item(1), item(2)), URL).entries)
    sure = parse_feed(feed(item(1), item(2)), URL, reader="feedparser", known=marks)
    both = parse_feed(feed(item(1), item(2)), URL, reader="both", known=marks)
    assert [(len(one.entries), one.unchanged) for one in (sure, both)] == [(2, ()), (2, ())]
