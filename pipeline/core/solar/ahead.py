"""Compile the inner loops before the stages that call them: `python -m pipeline.core.solar.ahead` fills numba's cache.

A first run spends a fifth of its seconds on compiling, most of it where one stage waits for the other, while the stage `roofs`, the
first in line, leaves one of two cores idle. So Make starts this beside it. Nothing relies on it: a stage compiles what it does
not find. What one of two processes is at the other waits for (`compiled`).
"""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Any

from numba.core.sigutils import normalize_signature

from pipeline.core.solar.compiled import KERNELS

# In the order in which stages come to them.
MODULES = ("planefit", "growth", "regions", "outlines", "march", "sky", "sunmap", "light", "power", "packing", "selfuse", "around")
# The stage `roofs` is begun at the same time and compiles what it comes to. So that none of the two waits for what the other is at,
# this begins with what is long and needed late by it, and ends with what it will have made itself by then.
FIRST, LAST = ("_grow", "_merge", "_trace"), ("windows", "_refit", "_sweep", "_drop_scraps", "_fit", "_spread", "_reach_out")


def _turn(kernel: tuple[Any, str]) -> tuple[bool, bool]:
    name = kernel[0].py_func.__name__
    return name in LAST, name not in FIRST


def compile_ahead() -> None:
    """Compile every kernel of `MODULES` for the types it declares, or load it where that was done."""
    modules = [f"pipeline.core.solar.{name}" for name in MODULES]
    for module in modules:
        import_module(module)
    kernels = [k for module in modules for k in KERNELS[module]]
    for function, types in sorted(kernels, key=_turn):
        # As a tuple: numba keeps compiled code under the types in the form in which they come.
        function.compile(normalize_signature(f"({types})")[0])


if __name__ == "__main__":
    # The garbage of compiling ends with this process; to look for it takes a fourteenth of the time.
    gc.disable()
    compile_ahead()
