"""What a process gives back to the system of the memory it no longer needs.

By default little: Arrow and glibc keep what was freed for the next time, glibc once for each thread. With a stage's threads
and tables that was a third to a half of the peak and grew with the town, though nothing of it was in use.
"""

from __future__ import annotations

import ctypes
import os

# Numbers of the settings in glibc's malloc.h; see mallopt(3).
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
# Pieces from here on go back at once. Set by hand it stays: else glibc raises it to 32 MB by and by. Lower, the pieces of a
# block of the raster (1-8 MB) would be asked for anew each time: three times the page faults, 5-10 % of the seconds.
LARGE_BYTES = 8 << 20
# What may lie free at the end of a heap.
FREE_BYTES = 16 << 20
# One each for the first thread, two workers and those of the libraries: with fewer they wait for one another.
ARENAS = 4


def give_back() -> None:
    """Tell Arrow and the C library to keep little. Before pyarrow is imported and threads begin; where the C library is not glibc it stays as it is."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt is not None:
        for setting, value in ((TRIM_THRESHOLD, FREE_BYTES), (MMAP_THRESHOLD, LARGE_BYTES), (ARENA_MAX, ARENAS)):
            mallopt(setting, value)
