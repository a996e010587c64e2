"""The libraries are loaded once a run of make: its first stage leaves a process behind that holds them, and all stages begin as its copies.

Loading pandas, geopandas, rasterio, scipy and numba costs two to four seconds of a processor, for many stages more than their work; what all
stages need of this package, a quarter of a second. The process that is left ends, and another takes its place, when a file of this package is
no longer what it was, so that a change of the code between two stages is seen as ever. It belongs to make's group of processes, holds no file,
takes orders from its own user only, and ends with make. Where it is not there - another system than Linux, a stage called by hand - a stage
loads all of it itself: the work and its result are the same.

How they talk: the asking process sends folder, interpreter, arguments and its three standard streams to a socket named after the town's folder;
a copy is made, says "begun", works, and sends the exit code. When the asking process goes, so does the copy. There are two sockets: stages that
read sources are served as soon as what every stage needs is loaded, the others, on the second, when what most of them need is.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

OPTION = "--keep-warm"
# What every stage loads, then what most of the solar and land stages do.
COMMON = ("pandas", "pyarrow.parquet", "geopandas", "pyogrio", "rasterio.warp", "pydantic.main", "pydantic.types", "pydantic.fields", "yaml", "psutil")
FURTHER = ("numba", "scipy.ndimage")
# What some do, loaded while nobody asks: the first stages after the sources do without. What one or two need (pvlib, scipy.optimize) they load.
RARER = ("scipy.sparse.csgraph", "scipy.spatial", "jinja2")
BEGUN = b"begun"
PACKAGE = Path(__file__).parent
# Stages that are served before all is loaded.
SOURCES = PACKAGE / "stages" / "sources"
KILLED, STOPPED = 128 + signal.SIGKILL, 128 + signal.SIGINT
MESSAGE_BYTES = 65536
# Who asks says at once what it wants.
ASK_S = 10.0

Work = Callable[[Sequence[str]], int]
Files = dict[Path, tuple[int, int]]


def run(arguments: Sequence[str], work: Work, common: Sequence[str] = ()) -> int:
    """Do what the arguments say in a copy of the process that holds the libraries, or here.

    Parameters
    ----------
    arguments
        Of `python -m pipeline`. Those of a stage that make runs hold "--keep-warm" and the number of make's process.
    work
        Does it, and gives the exit code.
    common
        Modules of this package that every stage needs.

    Returns
    -------
    The exit code.
    """
    if OPTION not in arguments or not sys.platform.startswith("linux"):
        return work(arguments)
    try:
        code = _ask(arguments)
        if code is None:
            _leave(arguments, work, common)
            code = _ask(arguments)
    except KeyboardInterrupt:
        # While the libraries are loaded: nothing is begun.
        return STOPPED
    return work(arguments) if code is None else code


def _name(arguments: Sequence[str], whole: bool) -> str:
    """Of a socket: in no folder (the zero), two for each user and processed folder of a town."""
    folder = Path(arguments[arguments.index("--processed") + 1] if "--processed" in arguments else "").resolve()
    return f"\0solesuolo-{os.getuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:24]}{'-whole' * whole}"


def _ours(peer: socket.socket) -> bool:
    """Whether the other side belongs to this user."""
    _, user, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return bool(user == os.getuid())


def _files() -> Files:
    """Time and size of every file of this package's code; a file that is just going, or a link to none, is left out."""
    found: Files = {}
    for path in PACKAGE.rglob("*.py"):
        with contextlib.suppress(OSError):
            now = path.stat()
            found[path] = now.st_mtime_ns, now.st_size
    return found


def _place() -> list[str]:
    """What both sides must share: the folder of the code and the interpreter with its libraries."""
    return [str(Path.cwd()), sys.executable]


def _ask(arguments: Sequence[str]) -> int | None:
    """The exit code of a copy that did the work; None where nobody took it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as there:
        try:
            there.connect(_name(arguments, whole=not (SOURCES / f"{arguments[-1]}.py").is_file()))
            if not _ours(there):
                return None
            request = json.dumps([_place(), list(arguments)]).encode()
            socket.send_fds(there, [request], [0, 1, 2])
            if there.recv(MESSAGE_BYTES) != BEGUN:
                return None
        except OSError:
            return None
        # Ctrl-C reaches the copy as well, which says what is to be said.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with contextlib.suppress(OSError):
            if answer := there.recv(MESSAGE_BYTES):
                return int(answer)
    sys.stderr.write("The process of this stage was killed; when nobody did it, the memory was not enough.\n")
    return KILLED


def _leave(arguments: Sequence[str], work: Work, common: Sequence[str]) -> None:
    """Leave a process behind that loads libraries and `common`, and serves this stage and those to come, unless there is one."""
    soon, whole = (socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(2))
    with soon, whole, contextlib.suppress(OSError, ValueError, IndexError), os.fdopen(os.pidfd_open(int(arguments[arguments.index(OPTION) + 1])), "rb", buffering=0) as make:
        for one, all_of_it in ((soon, False), (whole, True)):
            one.bind(_name(arguments, all_of_it))
            # Who asks is heard when there is something to copy.
            one.listen()
        if os.fork() == 0:
            _serve(soon, whole, make.fileno(), work, common)


def _load(names: Sequence[str]) -> None:
    for name in names:
        importlib.import_module(name)


def _first_compilation() -> None:
    """For the first compiled function of a process numba reads tables of its own, two thirds of a second; copies find them read."""
    from numba import njit

    njit(lambda x: x + 1.0)(1.0)


def _serve(soon: socket.socket, whole: socket.socket, make: int, work: Work, common: Sequence[str]) -> None:
    """Make a copy of this process for every stage that asks, until make has ended or this package has changed. Does not come back."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _streams([os.open(os.devnull, os.O_RDWR)] * 3)
        # What the libraries hold stays: neither this process nor a copy need search it for garbage, nor so make pages of it its own.
        gc.disable()
        files = _files()
        _load(COMMON)
        waiting = [*common, *FURTHER, *RARER]
        while True:
            heard = {one.fileno(): one for one in ((soon, whole) if len(waiting) <= len(RARER) else (soon,))}
            asked = select.select([make, *heard], [], [], 0 if waiting else None)[0]
            if make in asked:
                break
            if asked:
                there, _ = heard[asked[0]].accept()
                if _files() != files:
                    # Their names are free before the one who asks hears that nobody serves it.
                    soon.close()
                    whole.close()
                    break
                _copy(there, (soon, whole), work)
                continue
            _load([waiting.pop(0)])
            if len(waiting) == len(RARER):
                _first_compilation()
    finally:
        os._exit(0)


def _copy(there: socket.socket, both: Sequence[socket.socket], work: Work) -> None:
    """Make a copy for the one who asks."""
    gc.freeze()
    if _ours(there) and os.fork() == 0:
        for one in both:
            one.close()
        gc.enable()
        _obey(there, work)
    there.close()
    _bury()


def _obey(there: socket.socket, work: Work) -> None:
    """In the copy: do what is asked for, or go without a word, so that the asking process does it itself. Does not come back."""
    code = 1
    try:
        there.settimeout(ASK_S)
        request, streams, _, _ = socket.recv_fds(there, MESSAGE_BYTES, 3)
        there.settimeout(None)
        place, arguments = json.loads(request)
        if place != _place():
            os._exit(code)
        _streams(streams)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Thread(target=_go_with, args=(there,), daemon=True).start()
        try:
            there.send(BEGUN)
        except OSError:
            # Who asked was stopped while it waited.
            os._exit(code)
        code = work(arguments)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 - the process ends here, as it would at the top of a program
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
            there.send(str(code).encode())
        os._exit(code)


def _go_with(there: socket.socket) -> None:
    """End when the asking process does: nobody waits for the work any more."""
    with contextlib.suppress(OSError):
        there.recv(1)
    os._exit(KILLED)


def _streams(three: Sequence[int]) -> None:
    """Take these for standard input, output and errors."""
    for number, stream in enumerate(three):
        os.dup2(stream, number)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)


def _bury() -> None:
    """Let go of the copies that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
