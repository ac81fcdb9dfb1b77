"""What is kept of calls: in SQLite under the data folder, or in PostgreSQL.  SQLAlchemy lives here.

database        opens it
├── schema          the tables, and the steps from older ones
└── transactions    how it is read and written
event_writer    writes what happens on calls, as it happens
calls           reads and writes calls
├── utterances      the lines of transcripts
├── search          finds words in them
├── second_pass     what a better model heard of recordings
├── erasing         overwrites what was deleted
└── looks           when old calls were looked for
outbox          events that wait to be posted
recording_queue     recordings at Twilio that wait to be fetched
recordings/     the audio of calls
damage          tells what is wrong with a store
rescue          saves what can be read of a damaged one
└── pages           reads rows from the pages of a file
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
