"""Two runs of one town: the second waits and says for whom; a claim of a process that has ended blocks nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.io.turns import Holder, holder_of, is_free, locked, take_turn


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """Another process, for as long as the test."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def test_the_second_waits_for_the_first_and_names_it(tmp_path: Path, other: subprocess.Popen[bytes]) -> None:
    path, told = tmp_path / "make.turn", []
    take_turn(path, other.pid, told.append)
    take_turn(path, other.pid, told.append)  # make may ask twice
    threading.Timer(0.3, lambda: (other.kill(), other.wait())).start()
    start = time.monotonic()
    take_turn(path, os.getpid(), told.append)
    assert time.monotonic() - start > 0.2
    assert [h.pid for h in told] == [other.pid]
    assert f"process {other.pid} on" in str(told[0]) and "since 20" in str(told[0])
    assert json.loads(path.read_text())["pid"] == os.getpid()


def test_a_dead_claim_blocks_nobody(tmp_path: Path, other: subprocess.Popen[bytes]) -> None:
    path = tmp_path / "make.turn"
    for content in ("", "{", json.dumps(vars(holder_of(other.pid)) | {"began": 1.0}), json.dumps(vars(holder_of(os.getpid())) | {"pid": 2**22 + 1})):
        path.write_text(content)  # nobody, half a line, a number used again, a process that is gone
        take_turn(path, os.getpid(), lambda there: pytest.fail(f"waited for {there}"))


def test_another_machine_is_not_guessed_about(tmp_path: Path) -> None:
    path = tmp_path / "make.turn"
    path.write_text(json.dumps(vars(Holder("elsewhere", 1, 0.0))))
    with pytest.raises(InputError, match=r"process 1 on elsewhere, since .* or remove the file"):
        take_turn(path, os.getpid(), lambda _: None)


HOLD = """
import sys, time
from pathlib import Path
from pipeline.io.turns import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_stage_waits_for_its_lock_and_a_kill_frees_it(tmp_path: Path, root: Path) -> None:
    path, told = tmp_path / "solar.lock", []
    assert is_free(path)
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], cwd=root, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    assert not is_free(path)
    threading.Timer(0.3, holder.kill).start()
    with locked(path, told.append):
        assert json.loads(path.read_text())["pid"] == os.getpid()
    assert [h.pid for h in told] == [holder.pid]
    assert holder.wait(10) != 0
    assert is_free(path)
