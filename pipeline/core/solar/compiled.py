"""How inner loops are compiled: cached on disk, free of the interpreter's lock, floats dividing as in numpy.

`inner` functions are called by other compiled functions only; leaving out the entry points that Python would need
takes a third off the time of the first compilation.
"""

from __future__ import annotations

from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
kernel: Any = njit(**_OPTIONS)
inner: Any = njit(**(_OPTIONS | {"no_cpython_wrapper": True}))
