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
EXTRAS = ("requirements-names", "requirements-postgresql", "requirements-redis", "requirements-s3")
LOCKS = {name: (PROJECT / f"{name}.lock").read_text() for name in ("requirements", *EXTRAS)}
LOCKED = {name: ENTRY.findall(text) for name, text in LOCKS.items()}
REQUIRED = [
    (name, Requirement(line))
    for name in LOCKS
    for line in (PROJECT / f"{name}.txt").read_text().splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("lock", "wanted"), REQUIRED, ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_each_requirement_is_locked_to_one_version_that_it_allows(lock, wanted, python):
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    versions = [
        version
        for name, version, marker, _ in LOCKED[lock]
        if name == canonicalize_name(wanted.name)
        and (not marker or Marker(marker.removeprefix(" ; ")).evaluate(environment))
    ]
    assert len(versions) == 1
    assert wanted.specifier.contains(versions[0])


@pytest.mark.parametrize("lock", LOCKS)
def test_every_version_has_hashes(lock):
    entries = [line for line in LOCKS[lock].splitlines() if line and not re.match(r"\s|#", line)]
    assert len(entries) == len(LOCKED[lock]) > sum(name == lock for name, _ in REQUIRED)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_list_names_no_registry_and_no_machine(lock):
    assert not re.search(r"://|--(extra-)?index|--find-links|-r /", LOCKS[lock])


def test_all_lists_have_the_same_version_of_a_library():
    versions = {name: version for name, version, marker, _ in LOCKED["requirements"] if not marker}
    both = [(*each[:2], extra) for extra in EXTRAS for each in LOCKED[extra] if each[0] in versions]
    assert both
    assert [each for each in both if versions[each[0]] != each[1]] == []
