"""Migrate a store from each version to the next, in steps.

A step is never changed after its release: there are stores that it made.  So each step writes the tables of
its own day in SQL, and uses nothing of today's schema.  Only the way in which a text is cut into terms is
today's: an index must be written the way it is read.
"""

from collections.abc import Callable
from string import Template

from sqlalchemy import BigInteger, Connection, Text, bindparam, column, func, select, table, update

from ..core.terms import terms
from .schema import Terms

Report = Callable[[float, float], None]
"""Function that gets the progress of a long step: how much is done, and how much there is"""

LINES_AT_ONCE = 1000
"""Lines that are indexed at once"""

TYPES = {
    "sqlite": {
        "id": "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
        "number": "INTEGER",
        "terms": "TEXT",
        "json_of_body": "body",
    },
    "postgresql": {
        "id": "BIGSERIAL NOT NULL PRIMARY KEY",
        "number": "BIGINT",
        "terms": "TSVECTOR",
        "json_of_body": "CAST(body AS JSON)",
    },
}
"""SQL that is put in for `$id` and the others, by database"""

TABLES_OF_VERSION_1 = (
    """
    CREATE TABLE calls (
        id $id, call_id TEXT NOT NULL UNIQUE, server TEXT NOT NULL, direction TEXT NOT NULL,
        caller TEXT NOT NULL, callee TEXT NOT NULL, started_at BIGINT NOT NULL, ended_at BIGINT,
        seconds FLOAT NOT NULL, reason TEXT NOT NULL, model TEXT NOT NULL, tracks JSON NOT NULL,
        statistics JSON NOT NULL, deleted_at BIGINT
    )
    """,
    "CREATE INDEX ix_calls_started_at ON calls (started_at)",
    "CREATE INDEX calls_by_caller ON calls (caller)",
    "CREATE INDEX calls_by_callee ON calls (callee)",
    """
    CREATE TABLE utterances (
        id $id, call $number NOT NULL REFERENCES calls (id) ON DELETE CASCADE, track TEXT NOT NULL,
        start FLOAT NOT NULL, "end" FLOAT NOT NULL, text TEXT NOT NULL, confidence FLOAT NOT NULL
    )
    """,
    "CREATE INDEX ix_utterances_call ON utterances (call)",
    """
    CREATE TABLE words (
        utterance $number NOT NULL REFERENCES utterances (id) ON DELETE CASCADE, position INTEGER NOT NULL,
        text TEXT NOT NULL, start FLOAT NOT NULL, "end" FLOAT NOT NULL, confidence FLOAT NOT NULL,
        PRIMARY KEY (utterance, position)
    )
    """,
)

FULL_TEXT_OF_VERSION_1 = {
    "sqlite": (
        "CREATE VIRTUAL TABLE utterances_text USING fts5("
        "text, content='utterances', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
        "CREATE TRIGGER utterance_added AFTER INSERT ON utterances BEGIN "
        "INSERT INTO utterances_text(rowid, text) VALUES (new.id, new.text); END",
        "CREATE TRIGGER utterance_deleted AFTER DELETE ON utterances BEGIN "
        "INSERT INTO utterances_text(utterances_text, rowid, text) VALUES ('delete', old.id, old.text); END",
    ),
    "postgresql": ("CREATE INDEX utterances_by_word ON utterances USING gin (to_tsvector('simple', text))",),
}

NO_FULL_TEXT = {
    "sqlite": (
        "DROP TRIGGER utterance_added",
        "DROP TRIGGER utterance_deleted",
        "DROP TABLE utterances_text",
    ),
    "postgresql": ("DROP INDEX utterances_by_word",),
}

# Neither database cuts, folds or stems words: `terms` has done what is needed.  SQLite's tokenizer takes
# every letter that is not ASCII as part of a word.
FULL_TEXT_BY_TERMS = {
    "sqlite": (
        "CREATE VIRTUAL TABLE utterances_text USING fts5("
        "terms, content='utterances', content_rowid='id', tokenize=\"ascii tokenchars '_'\")",
        "INSERT INTO utterances_text(utterances_text) VALUES ('rebuild')",
        "CREATE TRIGGER utterance_added AFTER INSERT ON utterances BEGIN "
        "INSERT INTO utterances_text(rowid, terms) VALUES (new.id, new.terms); END",
        "CREATE TRIGGER utterance_deleted AFTER DELETE ON utterances BEGIN "
        "INSERT INTO utterances_text(utterances_text, rowid, terms) "
        "VALUES ('delete', old.id, old.terms); END",
    ),
    "postgresql": ("CREATE INDEX utterances_by_word ON utterances USING gin (terms)",),
}

SAID_IN_VERSION_7 = {
    "calls": {"caller": "TEXT", "callee": "TEXT"},
    "utterances": {"text": "TEXT", "terms": "TSVECTOR"},
    "words": {"text": "TEXT"},
    "deliveries": {"body": "TEXT"},
}
"""Columns that hold what was said or who called"""


def _create(connection: Connection, _: Report) -> None:
    """Create the tables of calls, utterances and words, and the index of words."""
    _execute(connection, *TABLES_OF_VERSION_1)
    _execute(connection, *FULL_TEXT_OF_VERSION_1[connection.dialect.name])


def _add_deliveries(connection: Connection, _: Report) -> None:
    """Add the queue of events to post."""
    _execute(
        connection,
        """
        CREATE TABLE deliveries (
            id $id, key TEXT NOT NULL, receiver TEXT NOT NULL,
            call_id TEXT NOT NULL REFERENCES calls (call_id) ON DELETE CASCADE, kind TEXT NOT NULL,
            created_at BIGINT NOT NULL, due_at BIGINT NOT NULL, attempts INTEGER NOT NULL, body TEXT NOT NULL
        )
        """,
        "CREATE INDEX deliveries_in_order ON deliveries (call_id, id)",
    )


def _add_kinds(connection: Connection, _: Report) -> None:
    """Add the kind of a line, which distinguishes speech from lines that nobody said."""
    _execute(connection, "ALTER TABLE utterances ADD COLUMN kind TEXT NOT NULL DEFAULT 'speech'")


def _add_editions(connection: Connection, _: Report) -> None:
    """Add editions: the text of a second pass is kept beside that of the live call."""
    _execute(
        connection,
        "ALTER TABLE utterances ADD COLUMN edition INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE calls ADD COLUMN second_pass TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE calls ADD COLUMN second_model TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX calls_by_second_pass ON calls (second_pass)",
    )


def _add_announced(connection: Connection, _: Report) -> None:
    """Add the queue of Twilio's recordings that are not transcribed yet."""
    _execute(
        connection,
        """
        CREATE TABLE announced_recordings (
            id $id, sid TEXT NOT NULL UNIQUE, account TEXT NOT NULL, server TEXT NOT NULL,
            told_at BIGINT NOT NULL
        )
        """,
    )


def _add_terms(connection: Connection, _: Report) -> None:
    """Add the column that `_index_terms` fills."""
    _execute(connection, "ALTER TABLE utterances ADD COLUMN terms $terms NOT NULL DEFAULT ''")


def _keep_no_statistics(connection: Connection, _: Report) -> None:
    """Make PostgreSQL gather no samples of what was said; setting a type drops those that it has."""
    if connection.dialect.name == "postgresql":
        for name, columns in SAID_IN_VERSION_7.items():
            for each, kind in columns.items():
                _execute(
                    connection,
                    f"ALTER TABLE {name} ALTER COLUMN {each} TYPE {kind}",
                    f"ALTER TABLE {name} ALTER COLUMN {each} SET STATISTICS 0",
                )


def _index_terms(connection: Connection, report: Report) -> None:
    """Index what was said by its terms, which all searches use."""
    _execute(connection, *NO_FULL_TEXT[connection.dialect.name])
    _find_terms(connection, report)
    _execute(connection, *FULL_TEXT_BY_TERMS[connection.dialect.name])


def _find_terms(connection: Connection, report: Report) -> None:
    lines = table("utterances", column("id", BigInteger), column("text", Text), column("terms", Terms()))
    last = connection.execute(select(func.max(lines.c.id))).scalar() or 0
    some = select(lines.c.id, lines.c.text).order_by(lines.c.id).limit(LINES_AT_ONCE)
    into = update(lines).where(lines.c.id == bindparam("line")).values(terms=bindparam("found"))
    done = 0
    while rows := connection.execute(some.where(lines.c.id > done)).all():
        connection.execute(
            into, [{"line": row.id, "found": [term.text for term in terms(row.text)]} for row in rows]
        )
        done = rows[-1].id
        report(done, last)


def _add_looks(connection: Connection, _: Report) -> None:
    """Add the times when old calls were looked for."""
    _execute(connection, "CREATE TABLE looks (id $id, at BIGINT NOT NULL)")


def _join_queues(connection: Connection, _: Report) -> None:
    """Join all queues into one table of jobs."""
    _execute(
        connection,
        """
        CREATE TABLE jobs (
            id $id, kind TEXT NOT NULL, key TEXT NOT NULL, target TEXT NOT NULL, call_id TEXT,
            payload JSON NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL, created_at BIGINT NOT NULL,
            due_at BIGINT NOT NULL, attempts INTEGER NOT NULL, UNIQUE (kind, key)
        )
        """,
        "CREATE INDEX jobs_in_order ON jobs (call_id, id)",
        """
        INSERT INTO jobs (
            kind, key, target, call_id, payload, owner, state, created_at, due_at, attempts
        )
        SELECT
            'webhook', key, receiver, call_id, $json_of_body, '', 'waiting', created_at, due_at, attempts
        FROM deliveries ORDER BY id
        """,
        """
        INSERT INTO jobs (
            kind, key, target, call_id, payload, owner, state, created_at, due_at, attempts
        )
        SELECT 'recording', sid, account, NULL, '{}', server, 'waiting', told_at, told_at, 0
        FROM announced_recordings ORDER BY id
        """,
        """
        INSERT INTO jobs (
            kind, key, target, call_id, payload, owner, state, created_at, due_at, attempts
        )
        SELECT 'second-pass', call_id, '', call_id, '{}', '', 'waiting', ended_at, ended_at, 0
        FROM calls WHERE second_pass = 'wanted' AND ended_at IS NOT NULL ORDER BY started_at, id
        """,
        "DROP TABLE deliveries",
        "DROP TABLE announced_recordings",
        "DROP INDEX calls_by_second_pass",
    )
    if connection.dialect.name == "postgresql":
        _execute(connection, "ALTER TABLE jobs ALTER COLUMN payload SET STATISTICS 0")


def _add_tokens(connection: Connection, _: Report) -> None:
    """Add the written form of what was said, and let the index follow when it is known."""
    _execute(connection, "ALTER TABLE utterances ADD COLUMN tokens JSON")
    if connection.dialect.name == "postgresql":
        _execute(connection, "ALTER TABLE utterances ALTER COLUMN tokens SET STATISTICS 0")
    else:
        _execute(
            connection,
            "CREATE TRIGGER utterance_changed AFTER UPDATE OF terms ON utterances BEGIN "
            "INSERT INTO utterances_text(utterances_text, rowid, terms) "
            "VALUES ('delete', old.id, old.terms); "
            "INSERT INTO utterances_text(rowid, terms) VALUES (new.id, new.terms); END",
        )


def _add_redactions(connection: Connection, _: Report) -> None:
    """Add the parts of calls whose words are redacted."""
    _execute(
        connection,
        """
        CREATE TABLE redactions (
            id $id, call $number NOT NULL REFERENCES calls (id) ON DELETE CASCADE, edition INTEGER NOT NULL,
            track TEXT NOT NULL, policy TEXT NOT NULL, start FLOAT NOT NULL, "end" FLOAT NOT NULL
        )
        """,
        "CREATE INDEX ix_redactions_call ON redactions (call)",
    )


def _share_among_hosts(connection: Connection, _: Report) -> None:
    """Add what hosts share: leases of programs, former webhooks of numbers, and lists of recordings."""
    _execute(
        connection,
        "CREATE TABLE leases (name TEXT NOT NULL PRIMARY KEY, host TEXT NOT NULL, seen_at BIGINT NOT NULL)",
        "CREATE TABLE wirings (sid TEXT NOT NULL PRIMARY KEY, previous JSON NOT NULL)",
        """
        CREATE TABLE stored_recordings (
            id $id, call_id TEXT NOT NULL, store TEXT NOT NULL, key TEXT NOT NULL, stored_at BIGINT NOT NULL,
            UNIQUE (store, key)
        )
        """,
        "CREATE INDEX ix_stored_recordings_call_id ON stored_recordings (call_id)",
    )
    if connection.dialect.name == "postgresql":
        _execute(connection, "ALTER TABLE wirings ALTER COLUMN previous SET STATISTICS 0")


def _add_annotations(connection: Connection, _: Report) -> None:
    """Add what people write on a call: corrections, a note, tags, names; and what its list shows of it."""
    _execute(
        connection,
        "ALTER TABLE calls ADD COLUMN handling TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE calls ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE calls ADD COLUMN speakers JSON NOT NULL DEFAULT '[]'",
        "ALTER TABLE calls ADD COLUMN edited_at BIGINT",
        "ALTER TABLE calls ADD COLUMN edited_model TEXT NOT NULL DEFAULT ''",
        """
        CREATE TABLE corrections (
            id $id, call $number NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
            utterance $number NOT NULL REFERENCES utterances (id) ON DELETE CASCADE,
            at BIGINT NOT NULL, before JSON NOT NULL
        )
        """,
        "CREATE INDEX ix_corrections_call ON corrections (call)",
        """
        CREATE TABLE tags (
            id $id, call $number NOT NULL REFERENCES calls (id) ON DELETE CASCADE, tag TEXT NOT NULL,
            UNIQUE (call, tag)
        )
        """,
        """
        CREATE TABLE alerts (
            id $id, call $number NOT NULL REFERENCES calls (id) ON DELETE CASCADE, topic TEXT NOT NULL,
            phrase TEXT NOT NULL, track TEXT NOT NULL, start FLOAT NOT NULL, "end" FLOAT NOT NULL
        )
        """,
        "CREATE INDEX ix_alerts_call ON alerts (call)",
        "CREATE TABLE contacts (number TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
        "CREATE INDEX utterances_in_order ON utterances (call, start)",
        "DROP INDEX ix_utterances_call",
        "CREATE INDEX gaps_by_call ON utterances (call) WHERE kind = 'gap'",
    )
    if connection.dialect.name == "postgresql":
        for name, each in (
            ("calls", "note"),
            ("calls", "speakers"),
            ("corrections", "before"),
            ("tags", "tag"),
            ("alerts", "phrase"),
            ("contacts", "number"),
            ("contacts", "name"),
        ):
            _execute(connection, f"ALTER TABLE {name} ALTER COLUMN {each} SET STATISTICS 0")


def _execute(connection: Connection, *statements: str) -> None:
    """Execute SQL after putting in the `TYPES` of the database."""
    for statement in statements:
        connection.exec_driver_sql(Template(statement).substitute(TYPES[connection.dialect.name]))


STEPS: tuple[Callable[[Connection, Report], None], ...] = (
    _create,
    _add_deliveries,
    _add_kinds,
    _add_editions,
    _add_announced,
    _add_terms,
    _keep_no_statistics,
    _index_terms,
    _add_looks,
    _join_queues,
    _add_tokens,
    _add_redactions,
    _share_among_hosts,
    _add_annotations,
)
"""Step n brings a store from version n to n + 1"""
