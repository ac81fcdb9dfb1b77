"""How many cores there are for this process, by files as Linux writes them."""

import os

import pytest

from helpers.control_groups import MEMORY, VERSION_1, VERSION_2, machine
from local_stt.engine import call_capacity, core_share, cores
from local_stt.engine.core_count import NO_LIMIT, quota


def version_1(quota, period=100_000, folder=""):
    above = f"sys/fs/cgroup/cpu,cpuacct/{folder}"
    return {f"{above}cpu.cfs_quota_us": str(quota), f"{above}cpu.cfs_period_us": str(period)}


@pytest.mark.parametrize(
    ("limit", "share"),
    [
        ("50000 100000", 0.5),
        ("150000 100000", 1.5),
        ("20000 10000", 2.0),
        ("max 100000", NO_LIMIT),
        ("", NO_LIMIT),
    ],
)
def test_a_quota_of_version_2(tmp_path, limit, share):
    root = machine(tmp_path, "0::/", VERSION_2, {"sys/fs/cgroup/cpu.max": limit})
    assert quota(root) == share


def test_the_tightest_of_nested_groups_counts(tmp_path):
    limits = {
        "sys/fs/cgroup/a.slice/b.service/cpu.max": "max 100000",
        "sys/fs/cgroup/a.slice/cpu.max": "75000 100000",
        "sys/fs/cgroup/cpu.max": "300000 100000",
        "sys/fs/cgroup/other/cpu.max": "1000 100000",
    }
    assert quota(machine(tmp_path, "0::/a.slice/b.service", VERSION_2, limits)) == 0.75


@pytest.mark.parametrize(("microseconds", "share"), [(50_000, 0.5), (-1, NO_LIMIT), (0, NO_LIMIT)])
def test_a_quota_of_version_1(tmp_path, microseconds, share):
    mounts = "\n".join([MEMORY, VERSION_1.format(top="/")])
    groups = "5:memory:/far\n4:cpu,cpuacct:/box\n0::/"
    limits = version_1(-1) | version_1(microseconds, folder="box/")
    assert quota(machine(tmp_path, groups, mounts, limits)) == share


def test_a_container_that_sees_only_its_own_group(tmp_path):
    """Its path is that of the host, and what is mounted is its own group."""
    mounts = VERSION_1.format(top="/docker/abc")
    root = machine(tmp_path, "4:cpu,cpuacct:/docker/abc/inner", mounts, version_1(25_000, folder="inner/"))
    assert quota(root) == 0.25
    assert quota(machine(tmp_path, "4:cpu,cpuacct:/elsewhere", mounts, version_1(70_000))) == 0.7


def test_without_control_groups_there_is_no_quota(tmp_path):
    assert quota(tmp_path) == NO_LIMIT
    assert quota(machine(tmp_path, "0::/", MEMORY, {})) == NO_LIMIT


@pytest.mark.parametrize(("share", "count"), [(0.5, 1), (1.0, 1), (1.5, 2), (NO_LIMIT, None)])
def test_part_of_a_core_is_one_worker(monkeypatch, share, count):
    monkeypatch.setattr("local_stt.engine.core_count.quota", lambda: share)
    assert cores() == (
        count if count and count <= len(os.sched_getaffinity(0)) else len(os.sched_getaffinity(0))
    )
    assert core_share() == min(share, len(os.sched_getaffinity(0)))


def test_half_a_core_is_offered_half_the_calls():
    assert call_capacity(0.006, 0.5) == call_capacity(0.006, 1) // 2
