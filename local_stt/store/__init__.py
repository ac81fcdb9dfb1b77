"""Calls, kept in SQLite under the data folder or in PostgreSQL.  Only this package uses SQLAlchemy.

database        opens the store
├── version         brings it to today's version
├── migrations      the steps from each version to the next
├── schema          the tables as they are today
└── transactions    how it is read and written
event_writer    writes events as they happen
calls           reads and writes calls
├── call_states     which of them may be added to
├── records         what is known of a call, from all tables
├── call_list       pages of calls
│   └── call_filter     which calls are in them
├── utterances      the lines of transcripts
├── search          finds words in transcripts
├── editions        the text of the second pass, beside that of the live call
├── corrections     the text that people have corrected, beside those
├── annotations     notes, tags and names of speakers
├── alerts          phrases of the user's topics that were said
├── stored_recordings   which recordings are in a store that hosts share
├── erasing         overwrites deleted data
└── looks           when old calls were looked for
contacts        the names of people by their numbers
figures         counts of what is kept and what waits
leases          who still runs, among programs that share a database
wirings         what numbers did before they were pointed at an address of several hosts
job_queue       work that waits until it is done
└── outbox          events that wait to be posted
recordings/     the audio of calls
damage          tells what is wrong with a store
rescue          saves what can be read of a damaged one
└── pages           reads rows from the pages of a file
"""

from sqlalchemy.exc import SQLAlchemyError as DatabaseError

from .call_filter import CallFilter
from .call_list import Cursor, Page
from .calls import Store, now
from .corrections import Wanted
from .damage import in_a_sentence, reason
from .database import INDEXING, StoreCondition, examine_store, open_store, open_to_read, recordings_of
from .event_writer import EventWriter
from .job_queue import NOBODY, UNSETTLED, Job, JobKind, JobLostError, JobQueue, JobState
from .leases import RENEWAL_SECONDS, TIMEOUT_MS, Leases
from .outbox import Outbox, Subscription
from .rescue import Rescued, rescue
from .wirings import Wirings

__all__ = [
    "INDEXING",
    "NOBODY",
    "RENEWAL_SECONDS",
    "TIMEOUT_MS",
    "UNSETTLED",
    "CallFilter",
    "Cursor",
    "DatabaseError",
    "EventWriter",
    "Job",
    "JobKind",
    "JobLostError",
    "JobQueue",
    "JobState",
    "Leases",
    "Outbox",
    "Page",
    "Rescued",
    "Store",
    "StoreCondition",
    "Subscription",
    "Wanted",
    "Wirings",
    "examine_store",
    "in_a_sentence",
    "now",
    "open_store",
    "open_to_read",
    "reason",
    "recordings_of",
    "rescue",
]
