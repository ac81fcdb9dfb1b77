"""Find the control groups that limit this process.

Formats: `proc_pid_mountinfo(5)`, `cgroups(7)`, and the kernel's cgroup-v2 document.
"""

from collections.abc import Iterator
from pathlib import Path


def group_folders(controller: str, root: Path = Path("/")) -> Iterator[Path]:
    """Yield the folders of the groups that limit this process: its own and all above them.

    Groups are nested, and the tightest limit counts.  `controller` is "cpu" or "memory".  `root` is the
    folder of /proc and /sys.
    """
    groups, mounts = read(root / "proc/self/cgroup"), read(root / "proc/self/mountinfo")
    for mount, group in _hierarchies(groups, mounts, controller):
        yield from _upwards(root, mount, group)


def read(path: Path) -> str:
    """Read a text file of the kernel's; empty if there is none, as on other systems."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _hierarchies(groups: str, mounts: str, controller: str) -> Iterator[tuple[str, str]]:
    """Yield the mount of each hierarchy with this controller, and the path of this process's group in it.

    `groups` is the text of /proc/self/cgroup, `mounts` that of /proc/self/mountinfo.
    """
    version_2, version_1 = _paths(groups, controller)
    for line in mounts.splitlines():
        fields, _, filesystem = line.partition(" - ")
        kind, _, options = (*filesystem.split(" "), "", "")[:3]
        top, mount = fields.split(" ")[3:5]
        if kind == "cgroup2" and version_2 is not None:
            yield mount, _below(version_2, top)
        elif kind == "cgroup" and version_1 is not None and controller in options.split(","):
            yield mount, _below(version_1, top)


def _paths(groups: str, controller: str) -> tuple[str | None, str | None]:
    """Find the paths of this process's groups: of version 2, and of a controller's hierarchy of version 1."""
    version_2 = version_1 = None
    for line in groups.splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0" and not controllers:
            version_2 = path
        elif controller in controllers.split(","):
            version_1 = path
    return version_2, version_1


def _below(path: str, top: str) -> str:
    """Return the path of a group below a mount that shows the hierarchy from `top` on.

    A container may see only its own group, at the top of the mount, while its path is the full one.
    """
    if top != "/" and (path == top or path.startswith(f"{top}/")):
        return path.removeprefix(top).strip("/")
    return path.strip("/") if top == "/" else ""


def _upwards(root: Path, mount: str, group: str) -> Iterator[Path]:
    """Yield the folders of a group and of all above it."""
    top = root / mount.strip("/")
    parts = [part for part in group.split("/") if part]
    for count in range(len(parts), -1, -1):
        yield top.joinpath(*parts[:count])
