"""`pipeline.warm`: a stage begins as a copy of a process that holds the libraries; nothing else is different for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="copies of a process are made on Linux only")

ROOT = Path(__file__).resolve().parents[1]
# Loads one small library instead of all; the work is what the last argument says.
ASKING = f"""
import json, os, pathlib, sys, time
sys.path.insert(0, {str(ROOT)!r})
from pipeline import warm
warm.PACKAGE = pathlib.Path(sys.argv[3]) / "package"
warm.COMMON, warm.FURTHER, warm.RARER, warm._first_compilation = ("colorsys",), ("wave",), ("chunk",), lambda: None

def work(arguments):
    what = arguments[-1]
    if what == "raise":
        raise ValueError("as planned")
    if what == "leave":
        sys.exit(5)
    if what.startswith("wait"):
        print(os.getpid(), flush=True)
        time.sleep(60)
    known = sorted(m for m in sys.modules if m.startswith("pipeline."))
    print(json.dumps({{"pid": os.getpid(), "parent": os.getppid(), "group": os.getpgrp(), "copy": "wave" in sys.modules, "common": "quopri" in sys.modules, "known": known, "input": sys.stdin.read()}}))
    print("a word of warning", file=sys.stderr)
    return 3

sys.exit(warm.run(sys.argv[1:], work, ("quopri",)))
"""


class Make:
    """Stands for make: a process whose end ends the one that was left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])

    def command(self, what: str, keep: bool = True) -> list[str]:
        return [sys.executable, "-c", ASKING, "run", "--processed", str(self.folder), *(["--keep-warm", str(self.process.pid)] if keep else []), what]

    def ask(self, what: str = "tell", keep: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(what, keep), input="from outside", capture_output=True, text=True, timeout=60, **options)

    def served(self) -> dict[str, Any]:
        """The answer of a copy."""
        told = json.loads(self.ask().stdout)
        assert told["copy"]
        return dict(told)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made = Make(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()


def test_all_are_copies_with_the_streams_and_the_code_of_the_asking(make: Make) -> None:
    told = make.served()
    assert told["input"] == "from outside" and told["group"] == os.getpgrp() and told["parent"] != os.getpid()
    again = make.ask()
    assert (again.returncode, again.stderr) == (3, "a word of warning\n")
    assert json.loads(again.stdout)["pid"] != told["pid"]


def test_a_copy_holds_what_was_named_and_no_other_code_of_this_package(make: Make) -> None:
    told = make.served()
    assert told["common"] and told["known"] == ["pipeline.version", "pipeline.warm"]


@pytest.mark.parametrize("change", ["written", "added", "gone"])
def test_code_that_changed_since_is_loaded_anew(make: Make, change: str) -> None:
    """By another process that is left in the place of the one that holds what no longer is."""
    folder = make.folder / "package" / "core"
    folder.mkdir(parents=True)
    (folder / "one.py").write_text("1\n", encoding="utf-8")
    # What an editor leaves beside a file it has open.
    (folder / ".#one.py").symlink_to("somebody@somewhere.1234")
    parent = make.served()["parent"]
    assert make.served()["parent"] == parent
    (folder / "page.css").write_text("what is not code is read when it is needed", encoding="utf-8")
    assert make.served()["parent"] == parent
    if change == "gone":
        (folder / "one.py").unlink()
    else:
        (folder / ("one.py" if change == "written" else "two.py")).write_text("22\n", encoding="utf-8")
    anew = make.served()
    assert anew["parent"] != parent and anew["common"]
    until(lambda: not psutil.pid_exists(parent))
    assert make.served()["parent"] == anew["parent"]


def test_a_stage_that_reads_sources_does_not_wait_for_all_libraries(make: Make) -> None:
    """The process that is left never comes to its end with the rest here, and still serves it."""
    slow = ASKING.replace('("wave",)', '("a_module_that_takes_long",)').replace("def work(", """
class Slow:
    def find_spec(self, name, *_):
        # The first, so that the stage asks before the second is begun.
        time.sleep({"colorsys": 3, "a_module_that_takes_long": 9}.get(name, 0))

sys.meta_path.insert(0, Slow())

def work(""")
    command = [sys.executable, "-c", slow, "run", "--processed", str(make.folder), "--keep-warm", str(make.process.pid), "boundary"]
    told = json.loads(subprocess.run(command, input="", capture_output=True, text=True, timeout=60).stdout)
    assert told["parent"] != os.getpid() and not told["copy"]


def test_an_error_in_a_copy_reads_as_ever(make: Make) -> None:
    make.served()
    fell = make.ask("raise")
    assert fell.returncode == 1 and "ValueError: as planned" in fell.stderr
    assert make.ask("leave").returncode == 5


def test_nothing_is_left_behind_without_make_and_all_ends_with_it(make: Make, tmp_path: Path) -> None:
    def left() -> list[int]:
        return [p.pid for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(p.info["cmdline"] or []) and p.status() != psutil.STATUS_ZOMBIE]

    make.ask(keep=False)
    assert not left()
    make.served()
    assert len(left()) == 1
    make.process.kill()
    make.process.wait()
    until(lambda: not left())


def test_where_the_process_that_was_left_is_gone_another_is_left(make: Make) -> None:
    copy = make.served()
    os.kill(copy["parent"], signal.SIGKILL)
    assert make.served()["parent"] != copy["parent"]


def test_who_is_stopped_while_the_libraries_are_loaded_goes_without_a_word(make: Make) -> None:
    loading, on = make.folder / "loading", make.folder / "on"
    slow = ASKING.replace("def work(", f"""
class Slow:
    def find_spec(self, name, *_):
        if name == "colorsys":
            open({str(loading)!r}, "w").close()
            while not os.path.exists({str(on)!r}):
                time.sleep(0.05)

sys.meta_path.insert(0, Slow())

def work(""")
    command = [sys.executable, "-c", slow, "run", "--processed", str(make.folder), "--keep-warm", str(make.process.pid), "tell"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asking:
        assert asking.stderr is not None
        until(loading.exists)
        asking.send_signal(signal.SIGINT)
        assert asking.wait(30) == 130
        on.touch()
        # Nor does the copy that is made for it, when it comes to that, say a word.
        assert asking.stderr.read() == ""


def test_a_copy_goes_with_the_process_that_asked(make: Make) -> None:
    make.served()
    with subprocess.Popen(make.command("wait"), stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        copy = int(asking.stdout.readline())
        assert copy != asking.pid
        asking.kill()
    until(lambda: not psutil.pid_exists(copy) or psutil.Process(copy).status() == psutil.STATUS_ZOMBIE)


def test_a_killed_copy_is_an_error_that_says_so(make: Make) -> None:
    make.served()
    with subprocess.Popen(make.command("wait"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None and asking.stderr is not None
        os.kill(int(asking.stdout.readline()), signal.SIGKILL)
        assert asking.wait(30) == 137
        assert "was killed" in asking.stderr.read()


def test_where_the_libraries_cannot_be_loaded_the_stage_says_so_itself(make: Make) -> None:
    """The process that is left has nobody to tell."""
    broken = ASKING.replace('("colorsys",)', '("no_such_library",)')
    command = [sys.executable, "-c", broken, "run", "--processed", str(make.folder), "--keep-warm", str(make.process.pid), "tell"]
    told = subprocess.run(command, input="", capture_output=True, text=True, timeout=60)
    assert told.returncode == 3 and json.loads(told.stdout)["parent"] == os.getpid()


def test_another_folder_of_code_is_not_served(make: Make, tmp_path: Path) -> None:
    make.served()
    assert not json.loads(make.ask(cwd=tmp_path).stdout)["copy"]
    assert json.loads(make.ask().stdout)["copy"]


def test_who_is_left_takes_no_orders_from_another_user(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from pipeline import warm

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        assert warm._ours(ours)
        monkeypatch.setattr(os, "getuid", lambda: 4242)
        assert not warm._ours(ours)


def until(true: Any) -> None:
    for _ in range(100):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come true in ten seconds")
