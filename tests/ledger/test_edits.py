"""What an edit of an entry means for its alert."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from newsdesk.ledger import Connection, Ledger, entries, tables
from newsdesk.model import Done
from tests.ledger.make import FEED_ID, NOW, intent, only, store_entries, terms


def edit(connection: Connection, version: int, *, material: bool) -> None:
    entries.store(connection, FEED_ID, [replace(intent("one", version=version), material=material)], NOW)


def collect(connection: Connection) -> None:
    lease, _ = only(entries.claim_waiting(connection, terms()))
    assert entries.record(connection, lease, Done(), article_id="a")


def is_muted(connection: Connection) -> bool:
    muted: bool = connection.execute(select(tables.entries.c.muted)).scalar_one()
    return muted


def test_an_edit_in_passing_does_not_silence_a_story_that_is_yet_to_be_collected(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one")
        edit(connection, 2, material=False)
        assert not is_muted(connection)


@pytest.mark.parametrize("state", ["waits", "is under way"])
def test_an_edit_in_passing_does_not_silence_another_edit_that_waits(ledger: Ledger, state: str) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one")
        collect(connection)
        edit(connection, 2, material=True)
        if state == "is under way":
            only(entries.claim_waiting(connection, terms()))
        edit(connection, 3, material=False)
        assert not is_muted(connection)
        collect(connection)
        edit(connection, 4, material=False)
        assert is_muted(connection)
        edit(connection, 5, material=False)
        assert is_muted(connection)
