"""Which entries of a document are new, which have changed, and what makes an entry or an article the same one.

Pure: parsed records and what is known in, intents out. In reading order: `list_entries` names a document's entries,
the ledger says what is known under these names, `decide` says what must be written and what happened to the feed.
"""

from newsdesk.intake.backfill import NextPage, Way, next_page
from newsdesk.intake.decide import decide, is_material
from newsdesk.intake.fingerprints import article_fingerprint, entry_fingerprint, likeness, sketch, text_fingerprint
from newsdesk.intake.identity import GuidRule, article_id, digest, entry_id, feed_id, identity, link_key
from newsdesk.intake.listing import Item, Listing, list_entries
from newsdesk.intake.records import Alias, Decision, EntryIntent, Known, Past

__all__ = [
    "Alias",
    "Decision",
    "EntryIntent",
    "GuidRule",
    "Item",
    "Known",
    "Listing",
    "NextPage",
    "Past",
    "Way",
    "article_fingerprint",
    "article_id",
    "decide",
    "digest",
    "entry_fingerprint",
    "entry_id",
    "feed_id",
    "identity",
    "is_material",
    "likeness",
    "link_key",
    "list_entries",
    "next_page",
    "sketch",
    "text_fingerprint",
]
