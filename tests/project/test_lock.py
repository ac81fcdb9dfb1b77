"""The versions that operators install."""

import re

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from helpers.project import PROJECT

ENTRY = re.compile(
    r"^(\S+)==(\S+)( ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
LOCK = (PROJECT / "requirements.lock").read_text()
LOCKED = ENTRY.findall(LOCK)
REQUIRED = [
    Requirement(line)
    for line in (PROJECT / "requirements.txt").read_text().splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("wanted", REQUIRED, ids=lambda wanted: wanted.name)
@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_each_requirement_is_locked_to_one_version_that_it_allows(wanted, python):
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    versions = [
        version
        for name, version, marker, _ in LOCKED
        if name == canonicalize_name(wanted.name)
        and (not marker or Marker(marker.removeprefix(" ; ")).evaluate(environment))
    ]
    assert len(versions) == 1
    assert wanted.specifier.contains(versions[0])


def test_every_version_has_hashes():
    entries = [line for line in LOCK.splitlines() if line and not re.match(r"\s|#", line)]
    assert len(entries) == len(LOCKED) > len(REQUIRED)


def test_the_list_names_no_registry_and_no_machine():
    assert not re.search(r"://|--(extra-)?index|--find-links|-r /", LOCK)
