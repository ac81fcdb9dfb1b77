"""`calls` as a user runs it."""

import contextlib
import importlib
import json
from dataclasses import replace
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from rich.console import Console

from helpers.events import final, save_call, started
from helpers.jobs import second_passes
from helpers.recordings import record
from local_stt.cli import main
from local_stt.core.call_record import Utterance
from local_stt.events import CallEnded, EndReason, Redaction
from local_stt.exports import CallExports
from local_stt.store import Wanted, open_store
from stand_ins.language_model import MODEL, language_model


@pytest.fixture
def run(tmp_path):
    store = open_store(tmp_path)
    save_call(store, "CA1", "press eight to continue", at=1_700_000_000_000)
    save_call(store, "CA2", "good bye", at=1_800_000_000_000, caller="+49")
    store.close()

    def invoke(*arguments, **options):
        return CliRunner().invoke(main, ["calls", *arguments, "--data-dir", str(tmp_path)], **options)

    return invoke


def test_list_show_and_search_are_for_people_and_for_programs(run):
    shown = run("list").output
    assert shown.index("CA2") < shown.index("CA1")
    assert "+15550001" in shown
    listed = [json.loads(line) for line in run("list", "--json").output.splitlines()]
    assert [call["call_id"] for call in listed] == ["CA2", "CA1"]
    assert "caller: press eight to continue" in run("show", "CA1").output
    assert json.loads(run("show", "CA1", "--json").output.splitlines()[1])["start"] == 1000
    assert "press eight to continue" in run("search", "eight", "press").output
    assert json.loads(run("search", "press eight", "--json").output)["marks"] == [[0, 11]]
    assert "No matches." in run("search", "eight press").output


SAID = "péntek → 東京 \U0001f600"


@pytest.mark.parametrize("charset", ["latin-1", "cp1252", "ascii", "utf-8"])
def test_text_that_the_output_cannot_express_is_escaped_and_none_is_lost(tmp_path, charset):
    with contextlib.closing(open_store(tmp_path)) as store:
        save_call(store, "CA1", SAID, caller="Zoë")

    def run(*arguments):
        done = CliRunner(charset=charset).invoke(main, ["calls", *arguments, "--data-dir", str(tmp_path)])
        assert done.exit_code == 0, done.exception
        return done.stdout_bytes.decode("utf-8" if charset == "ascii" else charset)  # as click writes ascii

    assert json.loads(run("list", "--json"))["caller"] == "Zoë"
    assert json.loads(run("show", "CA1", "--json").splitlines()[1])["text"] == SAID
    assert json.loads(run("search", "péntek", "--json"))["text"] == SAID
    escaped = SAID.encode(charset, "local_stt.escaped").decode(charset)
    assert f"caller: {escaped}" in run("show", "CA1")
    assert escaped in run("search", "péntek")
    assert "CA1" in run("list")


def test_an_analysis_is_for_people_and_for_programs(run, tmp_path):
    with contextlib.closing(open_store(tmp_path)) as store:
        save_call(store, "CA3", "the water hose leaks", "the water hose is torn i am angry")
    shown = run("show", "CA3", "--analysis", "--alerts", "damage = leak*, torn").output
    assert "caller: talks" in shown
    assert "key phrases: water hose" in shown
    assert "0:02 caller: damage: leak*" in shown
    assert "sentiment" not in shown
    assert "caller: negative" in run("show", "CA3", "--sentiment").output
    call, analysis = map(json.loads, run("show", "CA3", "--analysis", "--json").output.splitlines())
    assert call["call_id"] == "CA3"
    assert "water hose" in [each["text"] for each in analysis["key_phrases"]]
    assert analysis["statistics"]["speakers"][0]["talk_time"] == 5800
    assert analysis["alerts"] == []


def test_an_analysis_lists_private_values_and_says_which_are_redacted(tmp_path):
    redacted = final("i am [PERSON_NAME]", start=20.0)
    redacted = replace(redacted, redactions=(Redaction("person_name", 21.0, 21.4),))
    with contextlib.closing(open_store(tmp_path)) as store:
        store.start_call(started(), at=1000, server="s", model="demo-en")
        store.add_event(final("call four one five five five five one two one two"), at=1000)
        store.add_event(redacted, at=1000)
        store.end_call(CallEnded("CA1", EndReason.HUNG_UP, 9.5), at=2000)
    arguments = ["calls", "show", "CA1", "--analysis", "--data-dir", str(tmp_path)]
    shown = CliRunner().invoke(main, arguments).output
    assert "0:01 caller: phone_number: four one five five five five one two one two" in shown
    assert "0:21 caller: person_name: redacted" in shown


def test_the_users_language_model_answers(run):
    def answers(*arguments):
        return run(*arguments, "--llm-url", model.url, "--llm-model", MODEL)

    with language_model() as model:
        assert answers("summarize", "CA1", "--length", "short").output == "The caller has a leaking hose.\n"
        assert json.loads(answers("ask", "CA1", "What leaks?", "--json").output)["model"] == MODEL
        assert answers("actions", "CA1").exit_code == 0
        assert "one or two sentences" in model.said
        assert "What leaks?" in model.said
        assert "press eight to continue" in model.said.lower().replace("8", "eight")
        assert answers("ask", "CA9", "What?").exit_code == 2
        assert answers("ask", "CA1", " ").exit_code == 2
        model.status = 500
        failed = answers("summarize", "CA1")
    assert (failed.exit_code, "LLM_URL" in failed.output) == (2, True)


def test_without_a_language_model_the_setting_is_named(run):
    failed = run("summarize", "CA1")
    assert (failed.exit_code, "LLM_URL" in failed.output) == (2, True)


def test_lists_are_filtered(run):
    def listed(*options):
        return [json.loads(line)["call_id"] for line in run("list", "--json", *options).output.splitlines()]

    assert listed("--number", "+49") == ["CA2"]
    assert listed("--until", "2024-01-01") == ["CA1"]
    assert listed("--since", "2024-01-01") == ["CA2"]
    assert listed("--limit", "1") == ["CA2"]
    assert listed("--state", "live") == []


def test_an_export_is_printed_or_written_to_a_new_file_only(run, tmp_path):
    assert run("export", "CA1").output == "[00:00:01] caller: press eight to continue\n"
    assert run("export", "CA1", "--format", "vtt", "--chars-per-caption", "11").output.count("-->") == 2
    file = tmp_path / "call.srt"
    assert run("export", "CA1", "--format", "srt", "-o", str(file)).exit_code == 0
    again = run("export", "CA1", "--format", "txt", "-o", str(file))
    assert again.exit_code == 2
    assert "cannot be written" in again.output
    assert file.read_text().startswith("1\n00:00:01,000")


def test_a_zip_says_which_calls_are_not_in_it(run, tmp_path):
    file = tmp_path / "calls.zip"
    assert run("export", "CA1", "CA2", "--format", "txt", "-o", str(tmp_path / "both.zip")).exit_code == 0
    exported = run("export", "CA1", "CA9", "CA2", "--format", "txt", "-o", str(file))
    assert (exported.exit_code, exported.output) == (
        2,
        "Error: 1 of 3 calls could not be exported: missing.txt in the zip says why.\n",
    )
    with ZipFile(file) as archive:
        assert len(archive.namelist()) == 3
        assert b"CA9" in archive.read("missing.txt")


def test_an_export_that_breaks_off_leaves_no_file(run, tmp_path, monkeypatch):
    def broken(*_):
        yield b"half"
        raise KeyboardInterrupt

    monkeypatch.setattr(CallExports, "zipped", broken)
    file = tmp_path / "calls.zip"
    assert run("export", "CA1", "CA2", "--format", "txt", "-o", str(file)).exit_code != 0
    assert not file.exists()


def test_the_better_text_is_shown_and_the_live_one_on_request(run, tmp_path):
    store = open_store(tmp_path)
    store.second_passes.subscribe(lambda _: True)
    save_call(store, "CA3", "live words")
    store.second_passes.keep(
        *second_passes(store), "large", [Utterance("inbound", 1.0, 2.0, "better words", 0.9)]
    )
    store.close()
    assert run("export", "CA3").output == "[00:00:01] caller: better words\n"
    assert run("export", "CA3", "--edition", "live").output == "[00:00:01] caller: live words\n"
    assert "better words" in run("show", "CA3").output
    call, said = map(json.loads, run("show", "CA3", "--edition", "live", "--json").output.splitlines())
    assert (call["text_model"], call["second_model"], said["text"]) == ("demo-en", "large", "live words")


def test_a_recording_is_exported_as_it_is(run, tmp_path):
    missing = run("export", "CA1", "--format", "wav")
    assert (missing.exit_code, missing.output) == (2, "Error: Call CA1 was not recorded.\n")
    store = open_store(tmp_path)
    record(store, "CA1")
    store.close()
    recorded = store.recordings.path("CA1").read_bytes()
    assert run("export", "CA1", "--format", "wav").stdout_bytes == recorded
    file = tmp_path / "call.wav"
    assert run("export", "CA1", "--format", "wav", "-o", str(file)).exit_code == 0
    assert file.read_bytes() == recorded


def test_a_redacted_copy_of_a_recording_is_exported(run, tmp_path):
    store = open_store(tmp_path)
    save_call(store, "CA3", "call four one five five five five one two one two please")
    record(store, "CA3", seconds=8)
    store.close()
    recorded = run("export", "CA3", "--format", "wav").stdout_bytes
    redacted = run("export", "CA3", "--format", "wav", "--redacted").stdout_bytes
    assert redacted[:58] == recorded[:58]
    caller = redacted[58::2]
    assert recorded[58::2][32_000:] == b"\x80" * 32_000  # the second half is loud
    assert set(caller[32_000:51_000]) == {0xFF}  # until the number ends, at 6.4 s
    assert set(caller[52_000:]) == {0x80}
    assert redacted[59::2] == recorded[59::2]


def test_deletion_asks_and_leaves_a_stub(run):
    assert run("delete", "CA1", input="n\n").exit_code == 0
    assert "press" in run("show", "CA1").output
    assert "CA1 is deleted." in run("delete", "CA1", "--yes").output
    assert "deleted already" in run("delete", "CA1", "--yes").output
    assert "press" not in run("show", "CA1").output
    assert run("search", "press").output == "No matches.\n"


@pytest.mark.parametrize(
    "arguments", [("show", "CA9"), ("export", "CA9"), ("delete", "CA9"), ("search", "?")]
)
def test_what_is_not_there_is_one_sentence_and_status_2(run, arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_on_no_terminal_is_anything_cut_that_tells_calls_apart(tmp_path, monkeypatch, width):
    call_id, numbers = "CA" + "0f" * 16, {"caller": "+15551234567", "callee": "sip:front.desk@name.example"}
    with contextlib.closing(open_store(tmp_path)) as store:
        save_call(store, call_id, "hello", **numbers)
    module = importlib.import_module("local_stt.cli.calls")
    monkeypatch.setattr(module, "_console", lambda: Console(width=width, highlight=False))
    for command in (["list"], ["show", call_id], ["search", "hello"]):
        shown = CliRunner().invoke(main, ["calls", *command, "--data-dir", str(tmp_path)]).output
        wanted = [call_id] if command[0] == "search" else [call_id, *numbers.values(), "hung-up"]
        assert [each for each in wanted if each not in shown] == []


def test_a_pipe_gets_a_line_a_call_however_long_its_names_are(run, tmp_path):
    with contextlib.closing(open_store(tmp_path)) as store:
        save_call(store, "CA3", caller="a" * 240)
    assert len(run("list").output.splitlines()) == 4


def test_control_characters_of_a_caller_do_not_reach_the_terminal(tmp_path):
    """A store may be older than the care that is taken before."""
    with contextlib.closing(open_store(tmp_path)) as store:
        save_call(store, "CA1", "hello\x1b[2J there", caller="\x1b[2Jforged\n")
    for command in (["list"], ["show", "CA1"], ["search", "hello"]):
        shown = CliRunner().invoke(main, ["calls", *command, "--data-dir", str(tmp_path)]).output
        assert "CA1" in shown
        assert "\x1b" not in shown


def test_callers_that_are_no_numbers_can_be_looked_for(tmp_path):
    callers = ["sip:front.desk@name.example", "client:Zoë", "whatsapp:+15551234567", "anonymous"]
    with contextlib.closing(open_store(tmp_path)) as store:
        for number, caller in enumerate(callers):
            save_call(store, f"CA{number}", caller=caller)
    for number, caller in enumerate(callers):
        listed = CliRunner().invoke(
            main, ["calls", "list", "--json", "--number", caller, "--data-dir", str(tmp_path)]
        )
        assert json.loads(listed.output)["call_id"] == f"CA{number}"


def test_text_is_shown_and_exported_as_people_write_it_or_as_it_was_recognized(run, monkeypatch):
    monkeypatch.setenv("LOCAL_STT_FORMAT_TEXT", "yes")
    assert "caller: Press 8 to continue." in run("show", "CA1").output
    assert "caller: press eight to continue" in run("show", "CA1", "--text", "raw").output
    assert "caller: Press 8 to continue." in run("export", "CA1").output
    assert "caller: press eight to continue" in run("export", "CA1", "--text", "raw").output
    said = json.loads(run("show", "CA1", "--json").output.splitlines()[1])
    assert (said["text"], said["formatted"]) == ("press eight to continue", "Press 8 to continue.")
    assert said["tokens"][1] == {"text": "8", "first": 1, "last": 2, "kind": said["tokens"][1]["kind"]}


def test_people_write_on_calls_and_find_them_again(run, tmp_path):
    assert run("note", "CA1", "call back").exit_code == 0
    assert run("tag", "CA1", "vip", "b").exit_code == 0
    assert run("name", "CA1", "--caller", "Ann").exit_code == 0
    (listed,) = run(
        "list", "--tag", "vip", "--said", "eight", "--direction", "inbound", "--json"
    ).output.splitlines()
    call = json.loads(listed)
    assert (call["note"], call["tags"], call["speakers"]) == ("call back", ["b", "vip"], {"caller": "Ann"})
    assert "Ann: press eight" in run("show", "CA1").output
    assert "Ann: press eight" in run("export", "CA1").output
    assert "<v Ann>press eight" in run("export", "CA1", "--format", "vtt").output
    for wrong in (["--badge", "edited"], ["--min-duration", "3600"], ["--who", "nobody"], ["--topic", "x"]):
        assert run("list", *wrong).output == "No calls are kept.\n", wrong
    refused = run("tag", "CA1", "a\nb")
    assert (refused.exit_code, "control characters" in refused.output) == (2, True)


def test_corrected_text_is_shown_as_the_best(run, tmp_path):
    with contextlib.closing(open_store(tmp_path)) as store:
        store.corrections.add("CA1", Wanted("inbound", 1500, 1900, "nine"), at=10**12)
    assert "press nine to continue" in run("show", "CA1").output
    assert "press eight to continue" in run("show", "CA1", "--edition", "live").output
    assert run("show", "CA1", "--edition", "second").exit_code == 2
