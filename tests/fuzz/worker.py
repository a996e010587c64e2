"""Reads damaged files one after the other in a process of its own, and says before and after each how it went.

One line "B <format> <case>" before, one line "E <outcome> <milliseconds> <MB> <what>" after: where a line of the second kind does not
come, the parent knows which case took the process down or never ended.
"""

from __future__ import annotations

import json
import logging
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pipeline.errors import ContractError, SoleSuoloError
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import BY_NAME, Seed

ADDRESS_SPACE = 12 << 30


@contextmanager
def prepared(seed: Seed) -> Iterator[tuple[Path, Path, bytes]]:
    """The sound file in a folder: what the reading is given, which file is to be damaged, its bytes."""
    with tempfile.TemporaryDirectory(prefix="solesuolo-fuzz-") as name:
        folder = Path(name) / "in"
        folder.mkdir()
        path = seed.make(folder)
        part = path.with_suffix(seed.part) if seed.part else path
        yield path, part, part.read_bytes()


def damaged(seed: Seed, content: bytes, number: int, round_: int) -> bytes:
    """Bytes of a case; case 0 is the sound file."""
    return content if number == 0 else mutated(content, random.Random(f"{seed.name}/{round_}/{number}"), seed.words, seed.zipped)


def outcome(seed: Seed, path: Path) -> tuple[str, str]:
    """How the reading ends: read, refused, contract (refused only by the contract of the result), traceback."""
    try:
        seed.read(path)
    except ContractError as error:
        return "contract", str(error)
    except SoleSuoloError as error:
        empty = not error.problems or not all(p.strip() for p in error.problems)
        return ("traceback", "an error without a word") if empty else ("refused", str(error))
    except BaseException as error:  # noqa: BLE001 - what a library throws is what is looked for
        where = traceback.extract_tb(error.__traceback__)
        inner = next((f for f in reversed(where) if "/pipeline/" in f.filename), where[-1])
        return "traceback", f"{type(error).__name__}: {' '.join(str(error).split())[:160]} at {Path(inner.filename).name}:{inner.lineno}"
    return "read", ""


def _memory(key: str) -> float:
    """A line of /proc/self/status [MB]; elsewhere than on Linux the highest so far."""
    try:
        with Path("/proc/self/status").open(encoding="ascii") as f:
            return next(int(line.split()[1]) / 1024 for line in f if line.startswith(key))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _forget_peak() -> None:
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _say(*words: Any) -> None:
    sys.stdout.write(" ".join(str(w) for w in words).replace("\n", " ") + "\n")
    sys.stdout.flush()


def main() -> None:
    """Work off the jobs given as JSON: [format, seed, first case, end]."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for name, round_, first, end in json.loads(sys.argv[1]):
        seed = BY_NAME[name]
        with prepared(seed) as (path, part, content):
            for number in range(first, end):
                part.write_bytes(damaged(seed, content, number, round_))
                _forget_peak()
                before, start = _memory("VmRSS"), time.monotonic()
                _say("B", number, name)
                how, what = outcome(seed, path)
                _say("E", how, round((time.monotonic() - start) * 1000), round(max(0.0, _memory("VmHWM") - before)), what[:300])


if __name__ == "__main__":
    main()
