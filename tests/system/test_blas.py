"""Which kernels libvosk's matrix library uses."""

import os
import subprocess
import sys

import pytest

from local_stt.system.blas import best_kernels

AVX2 = "fpu sse2 fma avx avx2"
AVX512 = f"{AVX2} avx512f avx512dq avx512cd avx512bw avx512vl"


@pytest.mark.parametrize(
    ("flags", "kernels"),
    [(AVX512, "SkylakeX"), (f"{AVX2} avx512f", "Haswell"), (AVX2, "Haswell"), ("fpu sse2", None), ("", None)],
)
def test_the_best_kernels_are_those_whose_flags_are_there(tmp_path, flags, kernels):
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\n\nprocessor\t: 1\n")
    environ = {}
    with best_kernels(environ, tmp_path / "cpuinfo"):
        assert environ.get("OPENBLAS_CORETYPE") == kernels
    assert environ == {}


@pytest.mark.parametrize("named", ["", "Zen"])
def test_kernels_that_are_named_stay(tmp_path, named):
    (tmp_path / "cpuinfo").write_text(f"flags\t\t: {AVX512}\n")
    environ = {"OPENBLAS_CORETYPE": named}
    with best_kernels(environ, tmp_path / "cpuinfo"):
        assert environ == {"OPENBLAS_CORETYPE": named}
    assert environ == {"OPENBLAS_CORETYPE": named}


@pytest.mark.parametrize("text", [None, "Features\t: asimd\n"])
def test_where_there_are_no_flags_it_chooses_for_itself(tmp_path, text):
    if text:
        (tmp_path / "cpuinfo").write_text(text)
    environ = {}
    with best_kernels(environ, tmp_path / "cpuinfo"):
        assert environ == {}


def test_libvosk_uses_them():
    with best_kernels(environ := {}):
        best = environ.get("OPENBLAS_CORETYPE")
    if not best:
        pytest.skip("this processor has no flags that are known here")
    loaded = subprocess.run(
        [sys.executable, "-c", "import local_stt.recognizer, os; print(os.environ.get('OPENBLAS_CORETYPE'))"],
        env={name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
        | {"OPENBLAS_VERBOSE": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    cores = [line for line in loaded.stderr.splitlines() if line.startswith("Core:")]
    assert cores[-1] == f"Core: {best}"  # numpy's comes before it
    assert loaded.stdout.splitlines()[-1] == "None"
