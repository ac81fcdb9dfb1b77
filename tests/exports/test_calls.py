"""Exports of one call, and of several in a zip."""

import io
import zipfile
from datetime import datetime

import docx
import pytest

from helpers.events import save_call, started
from helpers.recordings import record
from local_stt.config.phonebook import Phone, Phonebook
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.contacts import Contact
from local_stt.core.privacy import Policy
from local_stt.errors import NoSuchRecording
from local_stt.exports import MEDIA_TYPES, CallExports, ExportOptions
from local_stt.exports.archive import BLOCK, File, zipped
from local_stt.formatters import Formatters, RedactedCopies
from local_stt.store import DatabaseError


@pytest.fixture
def exports(store):
    save_call(store, "CA1", "my number is four one five five five five one two one two", at=1_700_000_000_000)
    save_call(store, "CA2", "hello", at=1_700_000_000_000)
    save_call(store, "CA3", "good bye", at=1_700_000_060_000)
    formatters = Formatters(FormattingSettings(format_text=False), CallSettings())
    return CallExports(store, formatters, RedactedCopies(formatters, Phonebook(Phone())))


def unzipped(blocks):
    with zipfile.ZipFile(io.BytesIO(b"".join(blocks))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def lines_of(document):
    return [each.text for each in docx.Document(io.BytesIO(document)).paragraphs]


def stamp(at):
    return f"{datetime.fromtimestamp(at / 1000):%Y-%m-%d %H%M}"


def test_several_calls_become_a_zip_and_those_that_are_gone_are_listed(exports, store):
    store.contacts.save([Contact("+15550001", "Ann")])
    store.delete("CA2", at=1_700_000_100_000)
    wanted = ["CA1", "CA2", "CA3", "CA3", "CA9"]
    files = unzipped(exports.zipped(wanted, ExportOptions("txt", has_times=False)))
    assert list(files) == [
        f"{stamp(1_700_000_000_000)} Ann.txt",
        f"{stamp(1_700_000_060_000)} Ann.txt",
        "missing.txt",
    ]
    assert files["missing.txt"].decode().splitlines() == [
        "CA2: The call was deleted.",
        "CA9: No call CA9 is kept.",
    ]
    assert files[f"{stamp(1_700_000_060_000)} Ann.txt"].decode().endswith(": good bye\n")


@pytest.mark.parametrize("name", MEDIA_TYPES)
def test_every_format_is_there_for_one_call_and_in_a_zip(exports, store, name):
    record(store, "CA1")
    options = ExportOptions(name)
    with exports.open("CA1", options) as exported:
        alone = exported.read()
    (together,) = unzipped(exports.zipped(["CA1"], options)).values()
    if name == "docx":  # it has the time at which it was written
        alone, together = map(lines_of, (alone, together))
    assert alone == together
    assert len(alone) > 0


def test_private_values_are_left_out_of_text_and_audio(exports, store):
    record(store, "CA1", seconds=4)
    for name in ("txt", "wav"):
        (whole,) = unzipped(exports.zipped(["CA1"], ExportOptions(name))).values()
        (redacted,) = unzipped(exports.zipped(["CA1"], ExportOptions(name, is_redacted=True))).values()
        assert whole != redacted
        assert (len(whole) == len(redacted)) == (name == "wav")
        assert b"five" not in redacted


@pytest.mark.parametrize("name", ["txt", "docx", "json", "vtt"])
def test_a_redacted_copy_has_no_labels_and_no_names_where_those_are_private(store, exports, name):
    def copy(policies):
        formatters = Formatters(FormattingSettings(format_text=False), CallSettings())
        copies = RedactedCopies(formatters, Phonebook(Phone(redact=frozenset(policies))))
        exports = CallExports(store, formatters, copies)
        files = unzipped(exports.zipped(["CA1"], ExportOptions(name, is_redacted=True)))
        texts = ["\n".join(lines_of(each)) if name == "docx" else each.decode() for each in files.values()]
        return "\n".join([*files, *texts])

    store.contacts.save([Contact("+15550001", "Ann Q. Smith"), Contact("+15550002", "Bo Q. Smith")])
    store.annotations.change("CA1", note="a Q. note", tags=["Q. tag"], speakers={"callee": "Cy Q. Smith"})
    assert "Q." not in copy([Policy.PERSON_NAME])
    named = copy([])
    assert "Ann Q. Smith" in named
    assert "Q. tag" not in named
    assert "Q. note" not in named


def test_ids_from_outside_forge_no_line_of_those_that_are_missing(exports):
    options = ExportOptions("txt")
    files = unzipped(exports.zipped(["CA8\nCA1: The call was deleted.\x1b", "CA1"], options))
    assert len(files["missing.txt"].decode().splitlines()) == 1
    assert b"\x1b" not in files["missing.txt"]


def test_a_call_without_a_recording_is_listed(exports, store):
    record(store, "CA3")
    files = unzipped(exports.zipped(["CA1", "CA3"], ExportOptions("wav")))
    assert [name.rpartition(".")[2] for name in files] == ["wav", "txt"]
    assert files["missing.txt"].startswith(b"CA1: ")
    with pytest.raises(NoSuchRecording):
        exports.open("CA1", ExportOptions("wav"))


def test_calls_that_go_on_and_those_that_the_store_cannot_read_now(exports, store, monkeypatch):
    store.start_call(started("CA4"), at=1_700_000_120_000, server="s", model="m")
    read = store.call

    def call(call_id):
        if call_id == "CA1":
            raise DatabaseError("gone")
        return read(call_id)

    monkeypatch.setattr(store, "call", call)
    files = unzipped(exports.zipped(["CA4", "CA1"], ExportOptions("json")))
    assert files.pop("missing.txt") == b"CA1: The store could not be reached.\n"
    assert len(files) == 1


def test_a_zip_is_written_as_it_is_read():
    read = []

    def files():
        for number in range(3):
            read.append(number)
            content = bytes(2 * BLOCK)
            opened = io.BytesIO(content)
            yield File(f"{number}.wav", datetime(1970, 1, 1), opened, len(content), is_packed=False)

    blocks = zipped(files())
    assert len(next(blocks)) >= BLOCK
    assert read == [0]
    blocks.close()
    assert len(unzipped(zipped(files()))) == 3
