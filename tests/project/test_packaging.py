"""The container, the service of systemd and the habits of the repository, without running them."""

import json
import os
import re
import runpy
import shutil
import subprocess
import threading
from configparser import RawConfigParser
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import PurePosixPath

import pytest
import yaml

from helpers.project import PROJECT
from local_stt.config.settings import Settings, declared

DOCKERFILE = PROJECT / "Dockerfile"
COMPOSE = PROJECT / "compose.yaml"
UNIT = PROJECT / "packaging" / "systemd" / "local-stt.service"
HEALTH_CHECK = PROJECT / "packaging" / "docker" / "healthcheck.py"

VARIABLES = {each.variable for each in declared()}
SECRETS = {each.variable for each in declared() if each.secret}

MAX_EXPOSURE = 2.0
"""What `systemd-analyze security` may find at most: 0 is shut, 10 open. It finds 1.4 of the unit."""

SYSTEMD_ANALYZE = shutil.which("systemd-analyze")

needs_systemd = pytest.mark.skipif(
    not SYSTEMD_ANALYZE and not os.environ.get("CI"), reason="systemd is not installed (Debian: systemd)"
)


def instructions(text):
    """Return the instructions of a Dockerfile, each with its arguments on one line."""
    lines = [line for line in text.splitlines() if not re.match(r"\s*(#|$)", line)]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in joined.splitlines())]


def arguments(name):
    """Return the arguments of all instructions of this name in the Dockerfile."""
    return [rest for each, rest in instructions(DOCKERFILE.read_text()) if each == name]


def environment():
    """Return the names and values of ENV in the Dockerfile."""
    return dict(re.findall(r"(\w+)=(\S+)", " ".join(arguments("ENV"))))


class TestDockerfile:
    def test_lines_are_joined_and_comments_left_out(self):
        text = "# one\nRUN a \\\n    # two\n    && b\n\nUSER 1:1\n"
        assert instructions(text) == [("RUN", "a      && b"), ("USER", "1:1")]

    def test_its_bases_are_one_image_of_a_fixed_version(self):
        bases = {rest.split()[0] for rest in arguments("FROM")}
        (base,) = bases
        assert re.fullmatch(r"python:3\.\d+-slim-\w+", base)
        assert f'base.name="docker.io/library/{base}"' in arguments("LABEL")[0]

    def test_it_runs_as_a_user_with_a_fixed_id_who_is_not_root(self):
        (user,) = arguments("USER")
        number, _, group = user.partition(":")
        assert int(number) > 999
        assert int(group) > 999
        names = [name for name, _ in instructions(DOCKERFILE.read_text())]
        assert "RUN" not in names[names.index("USER") :]

    @pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD"])
    def test_no_shell_stands_between_signals_and_the_program(self, name):
        (words,) = map(json.loads, arguments(name))
        assert not {"sh", "bash", "/bin/sh"} & set(words)

    def test_process_1_reaps_what_others_leave(self):
        (words,) = map(json.loads, arguments("ENTRYPOINT"))
        assert words == ["/usr/bin/tini", "--", "local-stt"]
        assert arguments("STOPSIGNAL") == ["SIGTERM"]

    def test_its_health_is_asked_by_a_file_of_the_image(self):
        (check,) = arguments("HEALTHCHECK")
        program, script = json.loads(check.partition("CMD")[2])
        assert program == "python"
        assert any(rest.split() == [path_of(HEALTH_CHECK), script] for rest in arguments("COPY"))

    def test_it_copies_what_is_there_and_what_docker_is_sent(self):
        assert arguments("ADD") == []
        sources = [
            each for rest in arguments("COPY") if not rest.startswith("--from=") for each in rest.split()[:-1]
        ]
        assert sources
        assert [each for each in sources if not (PROJECT / each).exists() or not is_sent(each)] == []

    def test_libraries_are_those_of_the_lock_files(self):
        installed = re.findall(r"pip install ([^&]+)", " ".join(arguments("RUN")))
        assert [each.split()[1] for each in installed] == ["--require-hashes", "--no-deps"]

    def test_it_sets_what_the_program_knows_and_no_secret(self):
        settings = {name for name in environment() if name in VARIABLES or name.startswith("LOCAL_STT")}
        assert settings <= VARIABLES
        named = {re.split(r"[=\s]", rest)[0] for rest in arguments("ARG")} | set(environment())
        assert not named & SECRETS

    def test_what_is_kept_is_on_volumes(self):
        (volumes,) = map(json.loads, arguments("VOLUME"))
        kept = environment()
        assert volumes == [kept["LOCAL_STT_DATA_DIR"], kept["LOCAL_STT_MODELS_DIR"]]


def path_of(file):
    return file.relative_to(PROJECT).as_posix()


def is_sent(name):
    """Whether Docker is sent a file: the last pattern counts that is the file's or that of a folder above it.

    Source: https://docs.docker.com/build/concepts/context/#dockerignore-files.
    """
    path = PurePosixPath(name)
    names = [path, *path.parents[:-1]]
    sent = True
    for line in (PROJECT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and any(fits(each, pattern) for each in names):
            sent = line.startswith("!")
    return sent


def fits(path, pattern):
    """Whether a path is that of a pattern, in which `*` ends at a slash and a leading `**/` does not."""
    anywhere = pattern.startswith("**/")
    wanted = PurePosixPath(pattern.removeprefix("**/")).parts
    parts = path.parts[-len(wanted) :] if anywhere else path.parts
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


class TestDockerIgnore:
    @pytest.mark.parametrize(
        "name",
        [
            ".env",
            ".env.example",
            "local_stt/.env",
            "data/calls.sqlite3",
            "models/vosk-model-en-us-0.22/am/final.mdl",
            ".git/config",
            "phones.toml",
            "tests/conftest.py",
            "local_stt/api/__pycache__/calls.cpython-313.pyc",
        ],
    )
    def test_secrets_calls_and_what_is_not_needed_stay_here(self, name):
        assert not is_sent(name)

    @pytest.mark.parametrize(
        "name",
        [
            "local_stt/web/static/page.js",
            "models/demo-en/am/final.mdl",
            "requirements.lock",
            "pyproject.toml",
        ],
    )
    def test_what_the_image_is_built_from_is_sent(self, name):
        assert is_sent(name)


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)([sm])", text).groups()
    return int(number) * {"s": 1, "m": 60}[unit]


class TestCompose:
    services = yaml.safe_load(COMPOSE.read_text())["services"]

    def test_it_sets_what_the_program_knows_and_no_secret(self):
        settings = set(self.services["local-stt"]["environment"])
        assert settings <= VARIABLES - SECRETS

    @pytest.mark.parametrize("name", services)
    def test_a_service_may_do_little(self, name):
        service = self.services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "cap_add" not in service
        assert "privileged" not in service
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "test" in service["healthcheck"]

    def test_its_health_is_asked_as_the_image_does(self):
        check = self.services["local-stt"]["healthcheck"]["test"]
        assert json.dumps(check[1:]) in arguments("HEALTHCHECK")[0]

    def test_calls_have_time_to_finish(self):
        service = self.services["local-stt"]
        assert seconds(service["stop_grace_period"]) > 2 * Settings().limits.finish_seconds
        assert service["stop_signal"] == "SIGTERM"

    def test_only_this_machine_reaches_the_port(self):
        assert all(each.startswith("127.0.0.1:") for each in self.services["local-stt"]["ports"])
        assert "ports" not in self.services["postgres"]

    def test_what_is_kept_is_on_volumes(self):
        targets = [each.partition(":")[2] for each in self.services["local-stt"]["volumes"]]
        chosen = self.services["local-stt"]["environment"]
        assert targets == [chosen["LOCAL_STT_DATA_DIR"], chosen["LOCAL_STT_MODELS_DIR"]]

    def test_the_database_is_there_with_its_profile_alone_and_of_a_fixed_version(self):
        database = self.services["postgres"]
        assert database["profiles"] == ["postgresql"]
        assert re.fullmatch(r"postgres:\d+-\w+", database["image"])
        assert re.fullmatch(r"\$\{\w+:-\}", database["environment"]["POSTGRES_PASSWORD"])
        assert self.services["local-stt"]["depends_on"]["postgres"]["required"] is False


class Server(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.mark.parametrize(("status", "is_up"), [(200, True), (403, False), (503, False)])
def test_the_health_check_asks_the_server(status, is_up, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    handler = type("Handler", (Server,), {"status": status})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert runpy.run_path(str(HEALTH_CHECK))["is_up"](server.server_port) is is_up
        thread.join()


def test_the_health_check_says_no_where_nobody_listens(monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        port = server.server_port
    monkeypatch.setenv("LOCAL_STT_PORT", str(port))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(HEALTH_CHECK), run_name="__main__")
    assert ended.value.code == 1


class TestUnit:
    @pytest.fixture
    def unit(self):
        """The settings of the unit; of a name that stands more than once, the last."""
        parser = RawConfigParser(strict=False, interpolation=None, delimiters=["="])
        parser.optionxform = str
        parser.read(UNIT)
        return parser

    @pytest.fixture
    def installed(self, tmp_path):
        """The unit with a program that is there."""
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text(), flags=re.MULTILINE)
        (tmp_path / UNIT.name).write_text(text)
        return tmp_path / UNIT.name

    @needs_systemd
    def test_systemd_finds_nothing_wrong_with_it(self, installed):
        done = subprocess.run(
            [SYSTEMD_ANALYZE, "verify", "--recursive-errors=no", installed],
            capture_output=True,
            text=True,
            check=False,
        )
        assert [line for line in done.stderr.splitlines() if UNIT.name in line] == []
        assert done.returncode == 0

    @needs_systemd
    def test_systemd_notices_a_setting_that_does_not_exist(self, installed):
        installed.write_text(installed.read_text().replace("ProtectClock=", "ProtectClocks="))
        done = subprocess.run(
            [SYSTEMD_ANALYZE, "verify", "--recursive-errors=no", installed],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "ProtectClocks" in done.stderr

    @needs_systemd
    def test_it_may_do_little(self, installed):
        asked = ["security", "--offline=true", f"--threshold={MAX_EXPOSURE * 10:.0f}", installed]
        done = subprocess.run([SYSTEMD_ANALYZE, *asked], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def test_its_calls_have_time_to_finish_with_their_workers(self, unit):
        service = unit["Service"]
        assert int(service["TimeoutStopSec"]) > 2 * Settings().limits.finish_seconds
        assert (service["KillMode"], service["KillSignal"]) == ("mixed", "SIGTERM")

    def test_a_tunnel_that_died_is_opened_again(self, unit):
        """Its exit status is 2: docs/decisions/operations.md."""
        assert unit["Service"]["Restart"] == "on-failure"
        assert "RestartPreventExitStatus" not in unit["Service"]
        assert unit["Unit"]["StartLimitIntervalSec"] == "0"

    def test_it_leaves_the_program_what_it_needs(self, unit):
        service = unit["Service"]
        assert service["MemoryDenyWriteExecute"] == "no"
        assert service["ProcSubset"] == "all"
        assert service["OOMPolicy"] == "continue"
        assert not re.search(r"^SystemCallFilter=~.*@resources", UNIT.read_text(), re.MULTILINE)

    def test_it_has_no_secret(self):
        written = re.findall(r"^Environment=(\w+)", UNIT.read_text(), re.MULTILINE)
        assert not set(written) & SECRETS


@pytest.mark.parametrize(
    "file",
    [
        DOCKERFILE,
        COMPOSE,
        PROJECT / ".ci" / "run",
        *sorted(file for file in (PROJECT / "packaging").rglob("*.*") if file.suffix != ".pyc"),
        *sorted((PROJECT / ".github").rglob("*.*")),
    ],
    ids=path_of,
)
def test_settings_that_are_named_exist(file):
    assert set(re.findall(r"LOCAL_STT_\w+", file.read_text())) <= VARIABLES


@pytest.mark.parametrize(
    "file",
    [PROJECT / ".pre-commit-config.yaml", COMPOSE, *sorted((PROJECT / ".github").rglob("*.yml"))],
    ids=path_of,
)
def test_yaml_can_be_read(file):
    assert yaml.safe_load(file.read_text())


def test_the_workflow_runs_what_ci_runs_within_its_time():
    workflow = yaml.safe_load((PROJECT / ".github" / "workflows" / "ci.yml").read_text())
    job = workflow["jobs"]["ci"]
    assert job["timeout-minutes"] == 90
    assert any(".ci/run" in step.get("run", "") for step in job["steps"])
    assert workflow["permissions"] == {"contents": "read"}


def test_a_bug_report_asks_for_no_secrets():
    form = yaml.safe_load((PROJECT / ".github" / "ISSUE_TEMPLATE" / "bug_report.yml").read_text())
    text = json.dumps(form)
    assert "local-stt doctor --json" in text
    assert all(word in text for word in ("tokens", "phone numbers", "what was said"))
