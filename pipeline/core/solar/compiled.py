"""How inner loops are compiled: cached on disk, free of the interpreter's lock, floats dividing as in numpy.

`inner` functions are called by other compiled functions only; leaving out the entry points that Python would need
takes a third off the time of the first compilation.

numba takes a cached function for stale when its own file changed, but not when a file it calls into changed. So the
stamp of each cached function is that of all modules in this folder.

Processes that need a function at the same time do not all compile it: one does, the others wait and find it made.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
# Nobody waits longer than the longest compilation for another.
WAIT_S, LOOK_S = 20.0, 0.01
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
    dispatcher = _by_one(_stamped(njit(**options)(function)))
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


def _by_one(dispatcher: Any) -> Any:
    """The same function, compiled by one process at a time."""
    compile_it = getattr(dispatcher, "compile", None)
    if compile_it is None:
        return dispatcher
    lock = Path(dispatcher.stats.cache_path) / f"{dispatcher.__qualname__}.lock"

    def compile_alone(types: Any) -> Any:
        with _locked(lock):
            return compile_it(types)

    dispatcher.compile = compile_alone
    return dispatcher


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a file for oneself, or go on without where that cannot be or takes too long: what is made twice is right as well."""
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = held.enter_context(path.open("w"))
            end = time.monotonic() + WAIT_S
            while time.monotonic() < end:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    time.sleep(LOOK_S)
        yield


def _stamp() -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every file of this folder: compiled code of before any change of them is made anew."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return tuple((f.name, f.stat().st_mtime_ns, f.stat().st_size) for f in files)


_STAMP = _stamp()
