"""A cached inner loop is stale when any module it may call into has changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.core.solar import compiled


def test_a_changed_module_makes_callers_stale(tmp_path: Path) -> None:
    """Two modules, one calling into the other; numba alone would go on with the old callee."""
    folder = tmp_path / "loops"
    folder.mkdir()
    shutil.copy(compiled.__file__, folder / "compiled.py")
    (folder / "__init__.py").touch()
    (folder / "outer.py").write_text("from loops.compiled import kernel\nfrom loops.callee import value\n\n@kernel('')\ndef run():\n    return value()\n")
    seen = []
    for number in (1, 22):
        (folder / "callee.py").write_text(f"from loops.compiled import inner\n\n@inner\ndef value():\n    return {number}\n")
        run = subprocess.run(
            [sys.executable, "-c", "from loops.outer import run; print(run())"], cwd=tmp_path, env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        seen.append(int(run.stdout))
    assert seen == [1, 22]
