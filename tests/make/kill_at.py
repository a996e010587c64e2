"""Runs a module as `python -m`, and is killed just before the n-th time it touches a file below a folder: kill_at.py N FOLDER MODULE ..."""

from __future__ import annotations

import os
import runpy
import signal
import sys
from pathlib import Path

left, folder = int(sys.argv[1]), str(Path(sys.argv[2]).absolute())
TOUCHES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.utime", "shutil.rmtree"}


def hook(event: str, arguments: tuple[object, ...]) -> None:
    global left
    writes = event in TOUCHES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))
    if writes and arguments and isinstance(arguments[0], (str, os.PathLike)) and str(Path(arguments[0]).absolute()).startswith(folder):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(hook)
sys.argv = sys.argv[3:]
sys.path.insert(0, str(Path.cwd()))
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
