"""How much memory is free for this process, by files as Linux writes them."""

import pytest

from helpers.control_groups import MEMORY, VERSION_2, machine
from local_stt.system.memory import NO_LIMIT, free_memory

MEMINFO = "MemTotal:       2000 kB\nMemFree:         100 kB\nMemAvailable:    900 kB\nSwapFree:         50 kB"
GROUP = "sys/fs/cgroup/memory/box"


def test_of_a_machine_what_only_caches_files_and_the_swap_are_free(tmp_path):
    assert free_memory(machine(tmp_path, "0::/", VERSION_2, {"proc/meminfo": MEMINFO})) == 950 * 1024


@pytest.mark.parametrize(("limit", "free"), [("500000", 200_000), ("max", 950 * 1024)])
def test_of_a_group_of_version_2_the_rest_of_its_limit_is_free(tmp_path, limit, free):
    files = {
        "proc/meminfo": MEMINFO,
        "sys/fs/cgroup/a/memory.max": limit,
        "sys/fs/cgroup/a/memory.current": "400000",
        "sys/fs/cgroup/a/memory.stat": "anon 300000\ninactive_file 100000",
    }
    assert free_memory(machine(tmp_path, "0::/a/b", VERSION_2, files)) == free


def test_of_a_group_of_version_1_too(tmp_path):
    files = {f"{GROUP}/memory.limit_in_bytes": "500000", f"{GROUP}/memory.usage_in_bytes": "450000"}
    assert free_memory(machine(tmp_path, "5:memory:/box", MEMORY, files)) == 50_000


def test_where_nothing_says_so_there_is_no_limit(tmp_path):
    assert free_memory(tmp_path) == NO_LIMIT


def test_on_this_machine_some_is_free():
    assert free_memory() > 10_000_000
