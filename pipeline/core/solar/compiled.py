"""How inner loops are compiled: cached on disk, free of the interpreter's lock, floats dividing as in numpy.

`inner` functions are called by other compiled functions only; leaving out the entry points that Python would need
takes a third off the time of the first compilation.

numba takes a cached function for stale when its own file changed, but not when a file it calls into changed. So the
stamp of each cached function is that of all modules in this folder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls."""
    return _stamped(njit(**_OPTIONS)(function))


def summing_kernel(function: Callable[..., Any]) -> Any:
    """`kernel` whose sums may be added up in another order, several numbers at once: five times faster, the last bits differ."""
    return _stamped(njit(**(_OPTIONS | {"fastmath": {"reassoc", "nsz"}}))(function))


def inner(function: Callable[..., Any]) -> Any:
    """Compile a function that only compiled functions call."""
    return _stamped(njit(**(_OPTIONS | {"no_cpython_wrapper": True}))(function))


def _stamped(dispatcher: Any) -> Any:
    """The same function, stale when any module of this folder changed (as it is where compilation is switched off)."""
    file = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if file is not None:
        file._source_stamp = _STAMP
    return dispatcher


def _stamp() -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every file of this folder: compiled code of before any change of them is made anew."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return tuple((f.name, f.stat().st_mtime_ns, f.stat().st_size) for f in files)


_STAMP = _stamp()
