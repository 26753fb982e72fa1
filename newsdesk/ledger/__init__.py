"""The only state: one transactional database behind `open_ledger`."""

from sqlalchemy import Connection

from newsdesk.ledger.connection import Ledger, RowRefusedError, open_ledger
from newsdesk.ledger.leases import Lease
from newsdesk.ledger.waiting import Waiting, waiting

__all__ = ["Connection", "Lease", "Ledger", "RowRefusedError", "Waiting", "open_ledger", "waiting"]
