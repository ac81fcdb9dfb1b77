"""Choose the kernels that libvosk's matrix library uses on this processor.

libvosk 0.3.45 contains an older OpenBLAS.  That chooses by the processor's model number.  For models that
are newer than itself it takes the kernels of 2004 (Prescott), which need 1.5 times the processor time.  The
processor's flags say what it can do.  See `dynamic.c` of https://github.com/OpenMathLib/OpenBLAS.
"""

import contextlib
from collections.abc import Iterator, MutableMapping
from pathlib import Path

_SETTING = "OPENBLAS_CORETYPE"

_KERNELS = {
    "SkylakeX": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
    "Haswell": {"avx2", "fma"},
}
"""Kernels, the best first, with the flags of `/proc/cpuinfo` that they need"""


@contextlib.contextmanager
def best_kernels(environ: MutableMapping[str, str], cpuinfo: Path = Path("/proc/cpuinfo")) -> Iterator[None]:
    """Make an OpenBLAS that is loaded in the block use the best kernels, unless `environ` names some.

    Where the flags cannot be read, as on other systems than Linux, OpenBLAS chooses by itself.
    """
    best = _best(_flags(cpuinfo))
    if not best or _SETTING in environ:
        yield
        return
    environ[_SETTING] = best
    try:
        yield
    finally:
        del environ[_SETTING]


def _best(flags: set[str]) -> str:
    return next((kernels for kernels, needed in _KERNELS.items() if needed <= flags), "")


def _flags(cpuinfo: Path) -> set[str]:
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return set()
    return next((set(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), set())
