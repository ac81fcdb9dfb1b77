"""What `make` sets up, with stand-ins for Python."""

import shutil
import subprocess

import pytest

from helpers.project import PROJECT

BASE = """#!/bin/sh
# Makes an environment: the first time one without pip, as Debian does where python3-venv is missing.
[ "$1" = -c ] && exit 0
for folder; do :; done
case " $* " in *" --clear "*) rm -rf "$folder" ;; esac
mkdir -p "$folder/bin"
pip=1
[ -e made ] && pip=0
printf '#!/bin/sh\\necho "$@" >> asked\\nexit %s\\n' "$pip" > "$folder/bin/python"
chmod +x "$folder/bin/python"
touch made
exit "$pip"
"""


FILES = (
    "pyproject.toml",
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-names.txt",
    "requirements-postgresql.txt",
    "requirements-punctuation.txt",
    "requirements-redis.txt",
    "requirements-release.txt",
    "requirements-s3.txt",
)


@pytest.fixture
def make(tmp_path):
    shutil.copy(PROJECT / "Makefile", tmp_path)
    for name in FILES:
        (tmp_path / name).write_text("")
    (tmp_path / "base").write_text(BASE)
    (tmp_path / "base").chmod(0o700)

    def run(target):
        return subprocess.run(
            ["make", target, "PYTHON=./base"], cwd=tmp_path, capture_output=True, check=False, text=True
        ).returncode

    return run


@pytest.mark.parametrize("target", [".venv/.installed", ".venv/.installed-dev", ".venv/.installed-release"])
def test_an_environment_that_was_left_half_made_is_made_anew(make, tmp_path, target):
    assert make(target) == 2
    assert (tmp_path / ".venv" / "bin" / "python").exists()
    assert make(target) == 0
    assert (tmp_path / target).exists()


def test_an_environment_that_works_is_left_as_it_is(make, tmp_path):
    (tmp_path / "made").touch()
    assert make(".venv/.installed") == 0
    (tmp_path / ".venv" / ".made").unlink()  # as of a clone of before
    (tmp_path / ".venv" / "mine").touch()
    (tmp_path / "requirements.txt").touch()
    assert make(".venv/.installed") == 0
    assert (tmp_path / ".venv" / "mine").exists()
