"""A cached inner loop is stale when any module it may call into has changed, and is compiled by one process of those that need it."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.core.solar import ahead, compiled


def loops(tmp_path: Path) -> Path:
    """A folder of inner loops of its own."""
    folder = tmp_path / "loops"
    folder.mkdir()
    shutil.copy(compiled.__file__, folder / "compiled.py")
    (folder / "__init__.py").touch()
    return folder


def test_a_changed_module_makes_callers_stale(tmp_path: Path) -> None:
    """Two modules, one calling into the other; numba alone would go on with the old callee."""
    folder = loops(tmp_path)
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


def test_of_processes_that_need_a_loop_one_compiles_it_and_the_others_find_it_made(tmp_path: Path) -> None:
    (loops(tmp_path) / "outer.py").write_text("from loops.compiled import kernel\n\n@kernel('i8')\ndef run(n):\n    s = 0.0\n    for i in range(n):\n        s += i ** 0.5\n    return s\n")
    asked = "import sys\nfrom loops.outer import run\nsys.stdin.read()\nrun(3)\nprint(sum(run.stats.cache_misses.values()))"
    command, env = [sys.executable, "-c", asked], {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    several = [subprocess.Popen(command, cwd=tmp_path, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for one in several:
        assert one.stdin is not None
        one.stdin.close()
    assert sorted(int(one.stdout.read()) for one in several if one.stdout is not None) == [0, 0, 1]
    assert [one.wait(30) for one in several] == [0, 0, 0]


def test_who_waits_too_long_compiles_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was stopped in the middle, a disk that knows no locks: the work goes on."""
    monkeypatch.setattr(compiled, "WAIT_S", 0.05)
    with compiled._locked(tmp_path / "a.lock"), compiled._locked(tmp_path / "a.lock"):
        pass
    (tmp_path / "file").touch()
    with compiled._locked(tmp_path / "file" / "a.lock"):
        pass


def test_the_order_of_compiling_ahead_names_kernels_that_there_are() -> None:
    """A name that is gone would only make a first run slower."""
    for name in ahead.MODULES:
        import_module(f"pipeline.core.solar.{name}")
    names = {function.py_func.__name__ for kernels in compiled.KERNELS.values() for function, _ in kernels}
    assert {*ahead.FIRST, *ahead.LAST} <= names and not {*ahead.FIRST} & {*ahead.LAST}


def test_no_kernel_calls_a_kernel() -> None:
    """Two threads could wait for one another, each holding what the other needs, until one has waited too long."""
    kinds: dict[str, set[str]] = {"kernel": set(), "inner": set()}
    called: dict[str, set[str]] = {}
    for path in Path(compiled.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                marks = {n.id for d in node.decorator_list for n in ast.walk(d) if isinstance(n, ast.Name)}
                for kind in {"kernel" if m == "summing_kernel" else m for m in marks} & set(kinds):
                    kinds[kind].add(node.name)
                    called[node.name] = {n.func.id for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert len(kinds["kernel"]) == 19 and "solve" in kinds["inner"] and "solve" in called["_grow"]
    assert not [(name, calls & kinds["kernel"]) for name, calls in called.items() if calls & kinds["kernel"]]
