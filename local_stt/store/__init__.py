"""What is kept of calls: in SQLite under the data folder, or in PostgreSQL.  SQLAlchemy lives here.

`damage` tells what is wrong with a store, and `rescue` saves what it can of one, from its `pages`;
`schema` says what is kept and how older files are brought forward; `database` opens it;
`transactions` is how it is read and written; `calls` reads and writes it, with `lines` of transcripts
and what a `second` pass over recordings heard; `search` finds words in it;
`deliveries` keeps events that a receiver elsewhere is to be told of, `announced` recordings that are to be
fetched; `looks` notes when old calls were looked for; `keeper` takes events from the
hub and writes them down as they happen.
"""

from sqlalchemy.exc import SQLAlchemyError as DatabaseError

from .calls import CallFilter, Cursor, Page, Store, now
from .damage import in_a_sentence, reason
from .database import INDEXING, open_store, open_to_read
from .event_writer import EventWriter
from .outbox import Delivery, Outbox
from .rescue import Rescued, rescue
from .second_pass import PendingSecondPass

__all__ = [
    "INDEXING",
    "CallFilter",
    "Cursor",
    "DatabaseError",
    "Delivery",
    "EventWriter",
    "Outbox",
    "Page",
    "PendingSecondPass",
    "Rescued",
    "Store",
    "in_a_sentence",
    "now",
    "open_store",
    "open_to_read",
    "reason",
    "rescue",
]
