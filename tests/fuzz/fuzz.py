"""Damaged files through every reader: `make fuzz`. Counts by format, the cases that did harm, JSON in .artefacts/fuzz.json.

Harm is a traceback, more than 10 s, more than 1 GB of memory (each file has at most 1 MB), or a process that died. What is
refused with a message, or read, does none. A case is its format, seed and number: `--case "cxf:1:17"` runs it alone and shows
the whole traceback.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

HANG_S = 10.0
MEMORY_MB = 1024.0
SHOWN = 60  # cases printed; the JSON has all
START_S = 60.0  # imports on a busy machine
HARM = ("traceback", "hang", "memory", "died")


@dataclass
class Tally:
    """What came of the cases of one format."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest_ms: int = 0
    peak_mb: int = 0
    harm: list[str] = field(default_factory=list)
    worst: dict[str, str] = field(default_factory=dict)

    def add(self, how: str, milliseconds: int, megabytes: int, case: str, what: str) -> None:
        """One case."""
        if how not in HARM and megabytes > MEMORY_MB:
            how, what = "memory", f"{megabytes} MB, {how} {what}"
        self.counts[how] += 1
        for what_of, value, most in (("time", milliseconds, self.slowest_ms), ("memory", megabytes, self.peak_mb)):
            if value > most:
                self.worst[what_of] = case
        self.slowest_ms, self.peak_mb = max(self.slowest_ms, milliseconds), max(self.peak_mb, megabytes)
        if how in HARM:
            self.harm.append(f"{case}: {how}: {what}")

    def record(self) -> dict[str, object]:
        """For the JSON."""
        return {"cases": sum(self.counts.values()), **self.counts, "slowest_ms": self.slowest_ms, "peak_mb": self.peak_mb, "worst": self.worst, "harm_cases": self.harm}


def fuzz(formats: Sequence[str], cases: int, seed: int, tell: Callable[[str], None] = lambda _: None) -> dict[str, Tally]:
    """Run `cases` of each format; case 0 is the sound file, which must be read."""
    found = {name: Tally() for name in formats}
    jobs: list[tuple[str, int, int, int]] = [(name, seed, 0, cases) for name in formats]
    while jobs:
        jobs = _work(jobs, found, tell)
    return found


def _work(jobs: list[tuple[str, int, int, int]], found: dict[str, Tally], tell: Callable[[str], None]) -> list[tuple[str, int, int, int]]:
    """Start a worker; gives what is left to do when it ended or had to be ended."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONMALLOC": "malloc"}
    process = subprocess.Popen([sys.executable, "-m", "tests.fuzz.worker", json.dumps(jobs)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, env=environment, text=True, errors="replace")
    assert process.stdout is not None
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_pump, args=(process.stdout, lines), daemon=True).start()
    name, number, running, limit = jobs[0][0], jobs[0][2], False, START_S
    while True:
        try:
            line = lines.get(timeout=limit)
        except queue.Empty:
            process.kill()
            process.wait()
            found[name].add("hang", round(limit * 1000), 0, f"{name}:{jobs[0][1]}:{number}", f"no end after {limit:g} s")
            return _rest(jobs, name, number + 1)
        if line is None:
            break
        mark, *words = line.split(" ", 4 if line[:1] == "E" else 2)
        if mark == "B":
            number, name, running, limit = int(words[0]), words[1], True, HANG_S + 2
        elif mark == "E":
            took = int(words[1])
            case = f"{name}:{jobs[0][1]}:{number}"
            found[name].add("hang" if took > HANG_S * 1000 else words[0], took, int(words[2]), case, words[3] if len(words) > 3 else "")
            if number == 0 and words[0] != "read":
                found[name].harm.append(f"{case}: the sound file is not read: {words[0]} {words[3] if len(words) > 3 else ''}")
            tell(name)
            running, limit = False, START_S
    code = process.wait()
    if code == 0:
        return []
    found[name].add("died", 0, 0, f"{name}:{jobs[0][1]}:{number}", f"the process ended with {code}{'' if running else ' between two cases'}")
    return _rest(jobs, name, number + 1)


def _rest(jobs: list[tuple[str, int, int, int]], name: str, number: int) -> list[tuple[str, int, int, int]]:
    at = next(i for i, job in enumerate(jobs) if job[0] == name)
    left = [(name, jobs[at][1], number, jobs[at][3])] if number < jobs[at][3] else []
    return left + jobs[at + 1 :]


def _pump(stream: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in stream:
        lines.put(line.rstrip("\n"))
    lines.put(None)


def table(found: dict[str, Tally]) -> str:
    """Counts by format and in all."""
    heads = ("read", "refused", "contract", *HARM)
    rows = [f"{'format':<18}{'cases':>7}" + "".join(f"{h:>10}" for h in heads) + f"{'slowest':>10}{'memory':>9}"]
    whole: Counter[str] = Counter()
    for name, tally in found.items():
        whole.update(tally.counts)
        rows.append(f"{name:<18}{sum(tally.counts.values()):>7}" + "".join(f"{tally.counts[h]:>10}" for h in heads) + f"{tally.slowest_ms / 1000:>8.1f} s{tally.peak_mb:>6} MB")
    rows.append(f"{'all':<18}{sum(whole.values()):>7}" + "".join(f"{whole[h]:>10}" for h in heads))
    return "\n".join(rows)


def _alone(case: str) -> int:
    from tests.fuzz.seeds import BY_NAME
    from tests.fuzz.worker import damaged, prepared

    name, round_, number = case.rsplit(":", 2)
    seed = BY_NAME[name]
    with prepared(seed) as (path, part, content):
        part.write_bytes(damaged(seed, content, int(number), int(round_)))
        kept = ROOT / ".artefacts" / "fuzz" / f"{name.replace(' ', '_')}-{round_}-{number}{part.suffix}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(part.read_bytes())
        print(f"{kept.relative_to(ROOT)} ({kept.stat().st_size:,} bytes)")
        print(seed.read(path))
    return 0


def main() -> int:
    """Print and write the counts; 1 where a case did harm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000, help="of each format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--formats", nargs="*", default=[], help="by default all")
    parser.add_argument("--json", type=Path, default=ROOT / ".artefacts" / "fuzz.json")
    parser.add_argument("--case", help="format:seed:number, alone, with its traceback")
    options = parser.parse_args()
    if options.case:
        return _alone(options.case)
    from tests.fuzz.seeds import ALL

    formats = options.formats or [s.name for s in ALL]
    start, done = time.monotonic(), 0

    def tell(name: str) -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty() and done % 50 == 0:
            rate = done / (time.monotonic() - start)
            print(f"\r{done}/{options.cases * len(formats)} {name:<18} {rate:.0f}/s, about {(options.cases * len(formats) - done) / rate:.0f} s left ", end="\r", file=sys.stderr)

    found = fuzz(formats, options.cases, options.seed, tell)
    seconds = time.monotonic() - start
    print(table(found))
    harm = [h for t in found.values() for h in t.harm]
    print(f"\nseed {options.seed}, {seconds:.0f} s; harm is a traceback, over {HANG_S:g} s, over {MEMORY_MB:g} MB, or a dead process: {len(harm)}")
    print("\n".join(harm[:SHOWN]))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"seed": options.seed, "seconds": round(seconds, 1), "formats": {k: v.record() for k, v in found.items()}}, indent=1) + "\n", encoding="utf-8")
    return 1 if harm else 0


if __name__ == "__main__":
    sys.exit(main())
