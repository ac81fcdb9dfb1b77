"""Folders with the files of a Linux machine, as far as they say what limits a process."""

VERSION_2 = "41 31 0:38 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate"
VERSION_1 = "32 31 0:29 {top} /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct"
MEMORY = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory"


def machine(root, group, mount, files):
    """Make a root folder with this process's group, a mount, and further files by path."""
    texts = {"proc/self/cgroup": group, "proc/self/mountinfo": mount} | files
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    return root
