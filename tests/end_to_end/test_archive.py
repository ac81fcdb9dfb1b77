"""Several hosts transcribe an archive together: each file once, in every fault of a host."""

import re
import signal
import subprocess
from collections import Counter

import psycopg
import pytest

from helpers.archives import Hosts, archive_jobs, make_archive, make_long, stopped
from helpers.commands import TRANSCRIBE
from helpers.processes import kill_all
from helpers.program import NOTHING_SET, homes
from helpers.project import PROJECT
from helpers.waiting import wait_until
from local_stt.store import JobState

pytestmark = [pytest.mark.model, pytest.mark.postgres]


@pytest.fixture
def hosts(postgres, tmp_path):
    yield Hosts(tmp_path, postgres)
    with psycopg.connect(postgres) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@pytest.fixture
def archive(tmp_path):
    return make_archive(tmp_path / "archive")


def texts_made_here(tmp_path, files, *options):
    """Transcribe files on this host alone; return the transcripts by their names."""
    folder = tmp_path / f"here-{len(list(tmp_path.iterdir()))}"
    subprocess.run(
        [*TRANSCRIBE, "--no-keep-calls", "--output-dir", folder, *options, *files],
        cwd=tmp_path,
        env=NOTHING_SET | {"PYTHONPATH": str(PROJECT), **homes(tmp_path)},
        check=True,
        capture_output=True,
    )
    return texts_in(folder)


def texts_in(folder):
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def sent(hosts, files, *options, expected=0, name="sender"):
    """Run `transcribe --cluster` to its end; return what it said."""
    with hosts.run(name, "transcribe", "--cluster", *options, *files) as command:
        code = command.end(0)
    assert code == expected, "\n".join(command.err)
    return command


def first(look):
    """Look again and again until something is found; return that."""
    found = []
    wait_until(lambda: found.extend(look()) or found)
    return found


def test_two_hosts_share_an_archive_and_write_what_one_would(hosts, archive, tmp_path):
    files = [make_long(tmp_path / "long.wav"), *archive[1:]]
    with hosts.working("a") as a, hosts.working("b") as b:
        command = sent(hosts, files, "--output-dir", tmp_path / "texts")
        for host in (a, b):
            host.end()
    assert texts_in(tmp_path / "texts") == texts_made_here(tmp_path, files)
    done = [re.search(r"^(archive file-\w+) is done", line) for line in a.err + b.err]
    counts = Counter(match[1] for match in done if match)
    with hosts.store() as store:
        jobs = archive_jobs(store)
        assert sorted(counts) == sorted(f"archive {job.key}" for job in jobs)
        assert set(counts.values()) == {1}
        assert {job.payload["host"] for job in jobs} == {"a", "b"}
        assert {call.caller for call in store.page().calls} == {file.name for file in files}
    assert any(re.search(r"is kept as file-\w{32} \(8 of 8, [ab]\)\.$", line) for line in command.err)
    assert hosts.waiting() == []


@pytest.mark.parametrize("form", ["txt", "srt", "vtt"])
def test_options_of_text_count_as_they_do_here(hosts, archive, tmp_path, form):
    options = ("--format", form, "--format-text", "--redact", "numbers", "--from", "1", "--spelling", "hi=HI")
    with hosts.working("a"):
        sent(hosts, archive[:3], "--output-dir", tmp_path / "texts", *options)
    assert texts_in(tmp_path / "texts") == texts_made_here(tmp_path, archive[:3], *options)


def test_transcripts_on_standard_output_keep_the_order_of_the_files(hosts, archive, tmp_path):
    with hosts.working("a"), hosts.working("b"):
        command = sent(hosts, archive[:4])
    done = subprocess.run(
        [*TRANSCRIBE, "--no-keep-calls", *archive[:4]],
        cwd=tmp_path,
        env=NOTHING_SET | {"PYTHONPATH": str(PROJECT), **homes(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert command.out == done.stdout.splitlines()


def test_the_same_command_does_nothing_twice(hosts, archive, tmp_path):
    options = ("--output-dir", tmp_path / "texts")
    with hosts.working("a", "--once"):
        pass
    with hosts.run("sender", "transcribe", "--cluster", *options, *archive) as command:
        with hosts.store() as store:
            wait_until(lambda: len(archive_jobs(store)) == len(archive))
        assert command.end(signal.SIGINT) == 130
    assert any("8 files are queued" in line for line in command.err)
    with hosts.working("a", "--once") as work:
        assert work.end(0) == 0
    command = sent(hosts, archive, *options)
    assert len(texts_in(tmp_path / "texts")) == len(archive)
    again = sent(hosts, archive, *options)  # though the files of transcripts are there
    assert all("is kept already" in line for line in again.err if "is kept" in line)
    with hosts.store() as store:
        assert len(store.page().calls) == len(archive)
        assert {job.attempts for job in archive_jobs(store)} == {1}


def test_files_that_wait_can_be_withdrawn(hosts, archive, tmp_path):
    with hosts.run("sender", "transcribe", "--cluster", *archive) as command, hosts.store() as store:
        wait_until(lambda: len(archive_jobs(store)) == len(archive))
        cancelled = sent(hosts, archive[1:], "--cancel", name="other")
        assert all("is withdrawn" in line for line in cancelled.err)
        assert len(archive_jobs(store)) == 1
        assert len(hosts.waiting()) == 1
        with hosts.working("a"):
            assert command.end(0) == 2
    assert len([line for line in command.err if "was withdrawn" in line]) == len(archive) - 1


def test_a_file_in_work_can_be_withdrawn(hosts, tmp_path):
    long = make_long(tmp_path / "long.wav")
    with (
        hosts.working("a") as work,
        hosts.run("sender", "transcribe", "--cluster", long) as command,
        hosts.store() as store,
    ):
        wait_until(lambda: archive_jobs(store, JobState.RUNNING))
        sent(hosts, [long], "--cancel", name="other")
        assert command.end(0) == 2
        work.wait_for(r"archive file-\w+ is done|is left", work.err)
        assert store.page().calls == []
    assert hosts.waiting() == []


def test_bad_files_are_reported_and_the_others_are_transcribed(hosts, archive, tmp_path):
    (tmp_path / "noise.wav").write_bytes(b"RIFF" + bytes(range(256)) * 40)
    cut = tmp_path / "cut.wav"
    cut.write_bytes(archive[0].read_bytes()[:-60_000])
    with hosts.working("a"):
        command = sent(
            hosts,
            [tmp_path / "noise.wav", archive[4], tmp_path / "missing.wav", cut],
            "--output-dir",
            tmp_path / "texts",
            expected=2,
        )
    errors = [line for line in command.err if line.startswith("Error: ")]
    assert len(errors) == 3, command.err
    for name in ("noise.wav", "missing.wav", "cut.wav"):
        assert any(str(tmp_path / name) in line for line in errors)
    assert sorted(texts_in(tmp_path / "texts")) == ["cut.txt", "talk4.txt"]


def test_what_a_killed_host_had_is_done_by_another(hosts, archive, tmp_path):
    long = make_long(tmp_path / "long.wav")
    files = [long, *archive[:4]]
    with (
        hosts.store() as store,
        hosts.run("sender", "transcribe", "--cluster", "--output-dir", tmp_path / "texts", *files) as command,
    ):
        wait_until(lambda: len(archive_jobs(store)) == len(files))
        with hosts.working("a") as killed:
            (job,) = first(lambda: archive_jobs(store, JobState.RUNNING))
            assert job.payload["name"] == str(long)  # the longest comes first
            kill_all(killed.process)
        with hosts.working("b"):  # which sees the lease of the other run out
            assert command.end(0) == 0
        assert {job.payload["host"] for job in archive_jobs(store)} == {"b"}
        assert len(store.page().calls) == len(files)
    assert texts_in(tmp_path / "texts") == texts_made_here(tmp_path, files)


def test_a_host_that_stood_still_changes_nothing_when_it_comes_back(hosts, tmp_path):
    long = make_long(tmp_path / "long.wav")
    with (
        hosts.store() as store,
        hosts.run("sender", "transcribe", "--cluster", "--output-dir", tmp_path / "texts", long) as command,
        hosts.working("a") as a,
    ):
        wait_until(lambda: archive_jobs(store, JobState.RUNNING))
        with stopped(a.process):
            (job,) = archive_jobs(store)
            with hosts.working("b"):  # which sees the lease of the other run out
                assert command.end(0) == 0
            (settled,) = archive_jobs(store)
            (call,) = store.page().calls
        a.wait_for(f"archive {job.key} is done after", a.err)  # by the other, as it finds
        assert archive_jobs(store) == [settled]
        assert store.page().calls == [call]
        assert settled.payload["host"] == "b"
    assert texts_in(tmp_path / "texts") == texts_made_here(tmp_path, [long])


def test_a_host_that_is_stopped_gives_its_file_to_another_at_once(hosts, tmp_path):
    long = make_long(tmp_path / "long.wav")
    with (
        hosts.store() as store,
        hosts.run("sender", "transcribe", "--cluster", "--output-dir", tmp_path / "texts", long) as command,
    ):
        with hosts.working("a") as a:
            wait_until(lambda: archive_jobs(store, JobState.RUNNING))
            assert a.end(signal.SIGTERM) == 0
        (job,) = archive_jobs(store)
        assert (job.state, job.owner) == ("waiting", "")
        with hosts.working("b"):
            assert command.end(0) == 0
        assert archive_jobs(store)[0].payload["host"] == "b"


def test_a_host_that_is_stopped_may_finish_its_file(hosts, archive, tmp_path):
    files = [make_long(tmp_path / "long.wav", 4), *archive]
    with (
        hosts.store() as store,
        hosts.run("sender", "transcribe", "--cluster", "--output-dir", tmp_path / "texts", *files),
    ):
        wait_until(lambda: len(archive_jobs(store)) == len(files))
        with hosts.working("a", "--drain-seconds", "400") as a:
            (job,) = first(lambda: archive_jobs(store, JobState.RUNNING))
            assert a.end(signal.SIGTERM) == 0
        assert archive_jobs(store, JobState.RUNNING) == []
        assert job.key in {each.key for each in archive_jobs(store, JobState.DONE)}


def test_a_host_leaves_files_whose_model_it_lacks_to_others(hosts, archive, tmp_path):
    with hosts.run(
        "sender", "transcribe", "--cluster", "--output-dir", tmp_path / "texts", archive[4]
    ) as command:
        with hosts.store() as store:
            wait_until(lambda: archive_jobs(store))
            (job,) = archive_jobs(store)
            store.jobs.note(job, job.payload | {"model": "another"})
            with hosts.working("a", "--once") as work:
                assert work.end(0) == 0
            work.wait_for("Files that need another are left to other hosts", work.err)
            assert archive_jobs(store)[0].state == "waiting"
            store.jobs.note(job, job.payload)
        with hosts.working("a"):
            assert command.end(0) == 0


@pytest.mark.parametrize(
    ("arguments", "missing", "why"),
    [
        (["work"], "DATABASE_URL", "`work` needs the store that all hosts share: set DATABASE_URL"),
        (["work", "--once"], "DATABASE_URL", "`work` needs the store"),
        (["transcribe", "--cluster", "a.wav"], "DATABASE_URL", "--cluster needs the store"),
        (["transcribe", "--cluster", "a.wav"], "AUDIO_STORE", "set AUDIO_STORE to a folder"),
        (["transcribe", "--cluster", "--no-keep-calls", "a.wav"], "", "leave out --no-keep-calls"),
        (["transcribe", "--cluster", "--no-gate", "a.wav"], "", "--cluster leaves --gate to each host"),
        (["transcribe", "--cancel", "a.wav"], "", "--cancel needs --cluster"),
    ],
)
def test_what_hosts_do_not_share_is_said_in_a_sentence(hosts, arguments, missing, why):
    with hosts.run("a", *arguments, **({missing: ""} if missing else {})) as command:
        assert command.end(0) == 2
    assert any(why in line for line in command.err), command.err
