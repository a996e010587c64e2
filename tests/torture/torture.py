"""Kill runs of a small town in every stage, run again, and compare every output with those of an undisturbed run.

`make torture` runs it. Each kill is a SIGKILL to the whole process group of make, at a moment drawn from a seed: so long after
a stage began as it may last. One life of the town is killed once in each stage on the way to its end; then kills come at any
moment of runs that rebuild a finished town whose settings have changed, so that earlier results stand in the way. After each
kill: no file under a real name that is not whole, and nothing of what is left over is taken for a result. After each life: the
same bytes as the undisturbed run, no leftover, nothing more to do.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.io.sidecar import read_json, sha256_of  # noqa: E402 - the checkout is not installed, its root goes first
from pipeline.runreport import FILES  # noqa: E402 - the same

TOWN = ROOT / "tests/towns/quartiere"
# What a run says about itself (seconds, memory, who held a lock): two runs never agree on it, and no stage reads it but for its hash.
OF_THE_RUN = (*FILES, ".lock", "hashes.json", "make.turn", "summary.txt")
LIVES = 2
AT_RANDOM = 6


@dataclass
class Kill:
    """One kill: which life, the stages that ran when it came, how long after what, and what was found wrong."""

    life: str
    asked: str
    after_s: float
    running: list[str]
    left_over: int
    problems: list[str] = field(default_factory=list)


@dataclass
class Town:
    """A town and the folder it is made into."""

    town_dir: Path
    out: Path

    @property
    def processed(self) -> Path:
        return self.out / "data/processed" / self.town_dir.name

    @property
    def site(self) -> Path:
        return self.out / "maps" / self.town_dir.name

    def make(self, *goals: str) -> subprocess.Popen[str]:
        env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
        command = ["make", f"TOWN_DIR={self.town_dir}", f"OUT={self.out}", *goals]
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def finish(self, *goals: str) -> str:
        """Run to the end; the output of make."""
        process = self.make(*goals)
        text, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"make failed after a kill:\n{text}")
        return text

    def files(self) -> dict[str, str]:
        """SHA-256 of everything but what a run says about itself."""
        found = {}
        for base in (self.processed, self.site):
            for path in sorted(base.rglob("*")):
                if path.is_file() and not path.name.endswith(OF_THE_RUN):
                    found[str(path.relative_to(self.out))] = sha256_of(path)
        return found


def stage_of(process: psutil.Process) -> str | None:
    """The stage a process runs, None where it is something else."""
    try:
        words = process.cmdline()
    except psutil.Error:
        return None
    return words[-1] if "pipeline" in words and "run" in words and words[0].endswith("python") else None


def running(make: subprocess.Popen[str]) -> list[str]:
    """Stages under way in a run of make; not the process with the libraries that its first stage leaves, nor the copies of that one."""
    try:
        children = psutil.Process(make.pid).children(recursive=True)
        found = {p.pid: (p.ppid(), stage_of(p)) for p in children}
    except psutil.Error:
        return []
    return sorted(s for above, s in found.values() if s and not found.get(above, (0, None))[1])


def kill(make: subprocess.Popen[str]) -> None:
    """SIGKILL to make and all of its group, and wait until they are gone."""
    group = [p for p in psutil.process_iter() if _group_of(p.pid) == make.pid]
    os.killpg(make.pid, signal.SIGKILL)
    make.communicate()
    psutil.wait_procs(group, timeout=10)


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def not_whole(town: Town, known: list[dict[str, str]]) -> list[str]:
    """Files under a real name whose bytes are those of no undisturbed run."""
    problems = []
    for name, digest in town.files().items():
        hidden = any(part.startswith(".") for part in Path(name).parts)
        if not hidden and not any(k.get(name) == digest for k in known):
            problems.append(f"{name}: not the bytes of an undisturbed run")
    return problems


def left_over(town: Town) -> list[str]:
    """Temporary files and folders of a run."""
    places = [*town.processed.glob(".*"), *town.processed.glob("*.tmp"), *(town.processed / ".recipes").glob("*.tmp"), *town.site.parent.glob(".*")]
    return sorted(str(p.relative_to(town.out)) for p in places if p.name != ".recipes")


def compare(life: str, town: Town, good: dict[str, str]) -> list[str]:
    """What differs after a life was lived to its end."""
    found = town.files()
    problems = [f"{life}: {n} differs from the undisturbed run" for n in sorted(good.keys() | found.keys()) if good.get(n) != found.get(n)]
    problems += [f"{life}: {n} is left over" for n in left_over(town)]
    again = town.make("-q")
    again.communicate()
    if again.returncode:
        problems.append(f"{life}: another make would do something")
    return problems


def kill_in(town: Town, stage: str, delay_s: float, life: str, known: list[dict[str, str]], goals: tuple[str, ...] = ()) -> Kill | None:
    """Run until `stage` is under way, kill so much later; None where the run ended before."""
    # A stage that an earlier run has ended is asked for again.
    (town.processed / f"{stage}.meta.json").unlink(missing_ok=True)
    make = town.make(*goals)
    began: float | None = None
    while make.poll() is None:
        if began is None and stage in running(make):
            began = time.perf_counter()
        if began is not None and time.perf_counter() - began >= delay_s:
            break
        time.sleep(0.01)
    if make.poll() is not None:
        make.communicate()
        return None
    under_way = running(make)
    kill(make)
    left = left_over(town)
    return Kill(life, stage, round(time.perf_counter() - (began or 0), 3), under_way, len(left), not_whole(town, known))


def seconds_of(town: Town) -> dict[str, float]:
    """Seconds of each stage in its last run, in the order in which they ended."""
    records = {p.name.removesuffix(".run.json"): p for p in (town.processed / ".recipes").glob("*.run.json")}
    return {n: float((read_json(p) or {})["seconds"]) for n, p in sorted(records.items(), key=lambda item: item[1].stat().st_mtime_ns)}


def changed(town_dir: Path, folder: Path) -> Path:
    """The same town with other settings near its beginning, so that nearly all is made anew and differs."""
    other = folder / town_dir.name
    other.mkdir(parents=True)
    for path in town_dir.iterdir():
        text = path.read_text(encoding="utf-8")
        other.joinpath(path.name).write_text(text.replace("side_m: 600", "side_m: 580") if path.name == "town.yaml" else text, encoding="utf-8")
    return other


def lives(folder: Path, calm_out: Path | None, seed: int, number: int, stages: list[str] | None, tell: Callable[[str], None]) -> Iterator[Kill]:
    """All kills, each with what it showed; `stages` limits them to one life killed in these."""
    rng = random.Random(seed)
    calm = Town(TOWN, calm_out or folder / "calm")
    tell("the undisturbed run ...")
    calm.finish()
    good, seconds = calm.files(), seconds_of(calm)
    town = Town(TOWN, folder / "killed")
    for stage in stages or list(seconds):
        # A moment that came too late, when the stage had ended, is drawn again from a shorter span.
        for attempt in range(1, 6):
            found = kill_in(town, stage, rng.uniform(0, seconds[stage] / attempt), "in each stage", [good])
            if found:
                yield found
            if found and stage in found.running:
                break
    town.finish()
    yield Kill("in each stage", "end", 0.0, [], 0, compare("in each stage", town, good))
    if stages is None:
        yield from _over_results(folder, good, calm, number, rng, tell)


def _over_results(folder: Path, good: dict[str, str], calm: Town, number: int, rng: random.Random, tell: Callable[[str], None]) -> Iterator[Kill]:
    """Kills at any moment while a finished town is rebuilt with other settings, and back."""
    tell("the undisturbed run with other settings ...")
    other_dir = changed(TOWN, folder / "other")
    other = Town(other_dir, folder / "calm-other")
    other.finish()
    kinds = [(good, TOWN), (other.files(), other_dir)]
    whole = sum(seconds_of(calm).values()) / 2
    for life in range(1, LIVES + 1):
        target, town_dir = kinds[life % 2]
        town, name = Town(town_dir, folder / "killed"), f"over results {life}"
        for _ in range(number):
            make, delay = town.make(), rng.uniform(0, whole / 3)
            try:
                make.wait(delay)
                make.communicate()
                break  # it came to its end
            except subprocess.TimeoutExpired:
                under_way = running(make)
                kill(make)
                yield Kill(name, "any", round(delay, 3), under_way, len(left_over(town)), not_whole(town, [k for k, _ in kinds]))
        town.finish()
        yield Kill(name, "end", 0.0, [], 0, compare(name, town, target))


def report(kills: list[Kill], seed: int) -> dict[str, object]:
    """Counts for the table and the JSON."""
    real = [k for k in kills if k.asked != "end"]
    return {
        "seed": seed, "kills": len(real), "stages_killed": len({s for k in real for s in k.running}), "killed_between_stages": sum(not k.running for k in real),
        "leftovers_seen": sum(k.left_over for k in real), "lives": sum(k.asked == "end" for k in kills), "problems": [p for k in kills for p in k.problems], "each": [asdict(k) for k in kills],
    }  # fmt: skip


def main() -> int:
    """Kill, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--at-random", type=int, default=AT_RANDOM, help="kills at any moment in each life over earlier results")
    parser.add_argument("--calm", type=Path, help="folder of an undisturbed run that is there already (OUT of make)")
    parser.add_argument("--stages", nargs="*", help="only one life, killed in these stages")
    parser.add_argument("--json", type=Path, default=ROOT / ".artefacts" / "torture.json")
    options = parser.parse_args()
    kills: list[Kill] = []
    start = time.perf_counter()
    print(f"{'life':<16}{'asked':<14}{'after':>8}  {'left over':>9}  running when killed")
    with tempfile.TemporaryDirectory(prefix="solesuolo-torture-") as folder:
        for k in lives(Path(folder), options.calm, options.seed, options.at_random, options.stages, lambda text: print(text, flush=True)):
            kills.append(k)
            print(f"{k.life:<16}{k.asked:<14}{k.after_s:>6.2f} s  {k.left_over:>9}  {', '.join(k.running) or '-'}", flush=True)
            for problem in k.problems[:20]:
                print(f"    WRONG: {problem}", flush=True)
    result = report(kills, options.seed) | {"seconds": round(time.perf_counter() - start, 1)}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"{result['kills']} kills in {result['stages_killed']} stages and {result['killed_between_stages']} between, {result['lives']} lives, {len(result['problems'])} problems, {result['seconds']} s; also in {os.path.relpath(options.json)}")  # type: ignore[arg-type]
    return 1 if result["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
