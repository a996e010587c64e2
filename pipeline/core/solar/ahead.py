"""Compile the inner loops before the stages that call them: `python -m pipeline.core.solar.ahead` fills numba's cache.

A first run spends a fifth of its seconds on compiling, most of it where one stage waits for the other, while the stage `roofs`, the
first in line, leaves one of two cores idle. So Make starts this beside it. Nothing relies on it: a stage compiles what it does
not find. Two processes may compile the same function at once, as numba puts each file in its place whole, and every function has
one list of types only, so that either's file is right.
"""

from __future__ import annotations

import gc
from importlib import import_module

from numba.core.sigutils import normalize_signature

from pipeline.core.solar.compiled import KERNELS

# In the order in which stages come to them. Roofs need the first three and compile them too, from the top: so each is begun at its end.
MODULES = ("growth", "regions", "outlines", "march", "sky", "sunmap", "light", "power", "packing", "selfuse", "around")


def compile_ahead() -> None:
    """Compile every kernel of `MODULES` for the types it declares, or load it where that was done."""
    for name in MODULES:
        module = f"pipeline.core.solar.{name}"
        import_module(module)
        for function, types in reversed(KERNELS[module]):
            # As a tuple: numba keeps compiled code under the types in the form in which they come.
            function.compile(normalize_signature(f"({types})")[0])


if __name__ == "__main__":
    # The garbage of compiling ends with this process; to look for it takes a fourteenth of the time.
    gc.disable()
    compile_ahead()
