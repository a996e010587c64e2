"""What is compiled ahead of the stages is what they call: else a first run would compile twice, and nobody would see it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

STAGES = ("roofs", "horizon", "obstacles", "sunmap", "irradiation", "arrays", "finance")
RUN = """
import sys
from pathlib import Path
from numba.core.sigutils import normalize_signature
from pipeline.core.solar.compiled import KERNELS
from pipeline.recipes import Place
from pipeline.runner import run_stage
for stage in sys.argv[4:]:
    run_stage(stage, Place(*map(Path, sys.argv[1:4])))
for module, kernels in KERNELS.items():
    for kernel, types in kernels:
        print(module, kernel.py_func.__name__, [s == normalize_signature(f"({types})")[0] for s in kernel.signatures])
"""


def test_stages_call_kernels_with_the_types_they_declare(make_town: Callable[[str], Any], root: Path, tmp_path: Path) -> None:
    """Every stage of the wing in one process: each kernel was needed, for one list of types, the declared one."""
    made = make_town("tests/towns/quartiere")
    assert (made.processed / ".recipes" / "compiled").exists()
    processed = shutil.copytree(made.processed, tmp_path / "quartiere")
    command = [sys.executable, "-c", RUN, "tests/towns/quartiere", str(processed), str(tmp_path / "maps"), *STAGES]
    lines = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == 19
    # No plane is split in a town this small.
    assert [line for line in lines if not line.endswith("[True]")] == ["pipeline.core.solar.regions _fit []"]
