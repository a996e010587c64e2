"""One at a time: who makes a town, who runs a stage. The claim of a process that has ended blocks nobody.

Two claims. A run of make as a whole writes its process down, as it consists of many processes and no lock lives as long;
one stage holds a lock of the system, which goes when the process goes.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

import psutil

from pipeline.errors import InputError
from pipeline.io.whole import storing

PAUSE_S = 0.5
# The system states the start of a process by the time of its own start, which moves when the clock is set.
SAME_START_S = 2.0


@dataclass(frozen=True)
class Holder:
    """The process that holds a claim: machine, number, when it began (seconds since 1970)."""

    host: str
    pid: int
    began: float

    def lives(self) -> bool:
        """Whether it is still there; only to be asked on its own machine."""
        try:
            process = psutil.Process(self.pid)
            return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - self.began) < SAME_START_S
        except psutil.NoSuchProcess:
            return False

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {datetime.fromtimestamp(self.began).astimezone():%Y-%m-%d %H:%M:%S}"


Tell = Callable[[Holder], None]


def holder_of(pid: int) -> Holder:
    """A process of this machine."""
    return Holder(socket.gethostname(), pid, psutil.Process(pid).create_time())


def take_turn(path: Path, pid: int, tell: Tell) -> None:
    """Claim a town for a run of make; wait while another run that lives has it.

    Parameters
    ----------
    path
        The file of the claim.
    pid
        The process of make; the claim ends with it.
    tell
        Called once with each process that is waited for.

    Raises
    ------
    InputError
        When the claim is of another machine, where it cannot be seen whether the process still lives.
    """
    told = None
    while (there := _claim(path, holder_of(pid))) is not None:
        if there.host != socket.gethostname():
            raise InputError(f"{path}: this town is being made by {there}; wait until that run has ended, or remove the file where it no longer runs")
        if there != told:
            tell(there)
            told = there
        time.sleep(PAUSE_S)


def _claim(path: Path, mine: Holder) -> Holder | None:
    """Write `mine` down, or give who is there."""
    with storing(path), path.open("a+", encoding="utf-8") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        there = _read(f)
        if there is not None and (there.host, there.pid) != (mine.host, mine.pid) and (there.host != mine.host or there.lives()):
            return there
        _write(f, mine)
    return None


@contextmanager
def locked(path: Path, tell: Tell | None = None) -> Iterator[None]:
    """Hold the lock of a stage; wait for it, and say for whom. The system frees it when the process ends, however it ends."""
    with storing(path):
        f = path.open("a+", encoding="utf-8")
    with f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            there = _read(f)
            if tell is not None and there is not None:
                tell(there)
            fcntl.flock(f, fcntl.LOCK_EX)
        with storing(path):
            _write(f, holder_of(os.getpid()))
        yield


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock of a stage."""
    try:
        with path.open("r", encoding="utf-8") as f:
            fcntl.flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True


def _read(f: TextIO) -> Holder | None:
    """Who is written down; None where nobody is, or a killed process wrote a part."""
    f.seek(0)
    try:
        return Holder(**json.loads(f.read()))
    except (ValueError, TypeError):
        return None


def _write(f: TextIO, who: Holder) -> None:
    f.seek(0)
    f.truncate()
    f.write(json.dumps(asdict(who)))
    f.flush()
