"""How inner loops are compiled: cached on disk, free of the interpreter's lock, floats dividing as in numpy.

`inner` functions are called by other compiled functions only; leaving out the entry points that Python would need
takes a third off the time of the first compilation.

numba takes a cached function for stale when its own file changed, but not when a file it calls into changed. So the
stamp of each cached function is that of all modules in this folder.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
# The kernels of each module imported so far, in its order, and what the stages call them with.
KERNELS: dict[str, list[tuple[Any, str]]] = {}


def kernel(types: str) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function that Python calls, when it is first called.

    Parameters
    ----------
    types
        What the stages call it with, in numba's letters: f8 a float of 8 bytes, [:,::1] a table without gaps. It may be called
        with others; for these `ahead` compiles it before it is called, and two processes at once compile the same.
    """
    return partial(_declared, types, _OPTIONS)


def summing_kernel(types: str) -> Callable[[Callable[..., Any]], Any]:
    """`kernel` whose sums may be added up in another order, several numbers at once: five times faster, the last bits differ."""
    return partial(_declared, types, _OPTIONS | {"fastmath": {"reassoc", "nsz"}})


def _declared(types: str, options: dict[str, Any], function: Callable[..., Any]) -> Any:
    dispatcher = _stamped(njit(**options)(function))
    KERNELS.setdefault(function.__module__, []).append((dispatcher, types))
    return dispatcher


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
