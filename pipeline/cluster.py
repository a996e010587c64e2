"""A remote scheduler: what must hold before work is sent, and what is said when it goes away.

Versions are compared before work begins: of this project's own code by a digest of its files, of the libraries that
decide results by their numbers. Rasters travel as paths, of tables only the rows of a call, so each worker is asked whether it sees the town's files.
"""

from __future__ import annotations

import hashlib
import logging
import platform
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline.errors import ClusterError, SoleSuoloError
from pipeline.io.sidecar import sha256_of
from pipeline.version import __version__

# Libraries whose version may change a result, or that must understand what is sent.
DECIDING = ("cloudpickle", "dask", "distributed", "geopandas", "numba", "numpy", "pandas", "pvlib", "pyarrow", "pyogrio", "pyproj", "rasterio", "scipy", "shapely")
NO_WORKER_S = 30.0
ASK_S = 2.0
ASKED = 4  # times, before a worker that breaks off is taken for one that cannot work


def own_versions() -> dict[str, str]:
    """Versions where it is called: here, on the scheduler, on a worker."""
    return {"Sole e Suolo": f"{__version__} ({_code_digest()})", "Python": ".".join(platform.python_version_tuple()[:2])} | {name: _version(name) for name in DECIDING}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


@cache
def _code_digest() -> str:
    """Digest of the files of this package, as two checkouts of one version may differ."""
    root = Path(__file__).parent
    files = sorted(p for p in root.rglob("*.py"))
    return hashlib.sha256("\n".join(f"{p.relative_to(root)} {sha256_of(p)}" for p in files).encode()).hexdigest()[:10]


def file_seen(path: str) -> str | None:
    """Checksum of a file where it is called, None where there is none."""
    try:
        return sha256_of(Path(path))
    except OSError:
        return None


def connect(address: str, sees: Path | None = None) -> Any:
    """A client of the scheduler at `address`, after all checks.

    Parameters
    ----------
    address
        tcp://host:port.
    sees
        A file that every worker must find under the same path, with the same content.

    Raises
    ------
    ClusterError
        When nobody answers, there is no worker, versions differ, or a worker does not see the file.
    """
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    try:
        # Asked first and once: the client itself would try for ten seconds.
        socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()
        from distributed import Client

        for name in ("distributed", "distributed.client", "distributed.utils"):  # what it would tell in tracebacks is told below in words
            logging.getLogger(name).setLevel(logging.CRITICAL)
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(f"{address}: no scheduler answers ({error}); {_start(address)}, or run make without DASK=") from None
    try:
        _check(client, address, sees)
    except BaseException:
        client.close()
        raise
    return client


def _start(address: str) -> str:
    port = address.rpartition(":")[2]
    return f"start one with `.venv/bin/python -m dask scheduler --port {port}` and workers with `.venv/bin/python -m dask worker {address}`, from the folder of a checkout of this project"


def _check(client: Any, address: str, sees: Path | None) -> None:
    if not client.nthreads():
        raise ClusterError(f"{address}: the scheduler has no workers; start some with `.venv/bin/python -m dask worker {address}`")
    try:
        found = {"scheduler": client.run_on_scheduler(own_versions)} | {f"worker {a}": v for a, v in _answers(client, own_versions).items()}
        seen = _answers(client, file_seen, str(sees)) if sees else {}
    except Exception as error:  # noqa: BLE001 - a remote machine may raise anything while it unpickles
        raise ClusterError(f"{address}: scheduler or workers cannot load this project ({error}); start them as `.venv/bin/python -m dask ...` from the folder of its checkout") from None
    if problems := differences(own_versions(), found):
        raise ClusterError([f"{address}: {problem}" for problem in problems])
    own = file_seen(str(sees)) if sees else None
    if sees and (blind := sorted(a for a, content in seen.items() if content is None or content != own)):
        raise ClusterError(f"{address}: worker {', '.join(blind)} does not see {sees} as it is here; start workers in the same folder on storage that all machines share (docs/how-to/cluster.md)")


def _answers(client: Any, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """What each worker answers. One that dies while it is asked is soon known to be gone: then the others are asked again."""
    for _ in range(ASKED - 1):
        try:
            return dict(client.run(function, *arguments))
        except OSError:
            time.sleep(ASK_S)
    return dict(client.run(function, *arguments))


def differences(here: dict[str, str], found: dict[str, dict[str, str]]) -> list[str]:
    """What runs elsewhere in another version than here, a sentence for each library and version."""
    problems: list[str] = []
    for name, own in here.items():
        others: dict[str, list[str]] = {}
        for who, versions in found.items():
            if versions.get(name) != own:
                others.setdefault(versions.get(name, "missing"), []).append(who)
        problems += [f"{', '.join(sorted(who))}: {name} {other}, here it is {own}; bring all to the same" for other, who in others.items()]
    return problems


def gathered(client: Any, futures: Sequence[Any], address: str) -> list[Any]:
    """Results in order. A worker that dies is replaced by the others; no worker, or no scheduler, is an error.

    Raises
    ------
    ClusterError
        When the scheduler goes away, no worker is left for half a minute, or a piece of work kills each worker it meets.
    """
    from distributed import KilledWorker

    pool = ThreadPoolExecutor(1)
    try:
        return _watched(client, pool.submit(client.gather, list(futures)), address)
    except SoleSuoloError:
        raise
    except KilledWorker as error:
        raise ClusterError(f"{address}: a piece of work ended each worker that took it ({error}); mostly their memory is too small: give them more with `.venv/bin/python -m dask worker --memory-limit`, or start fewer on a machine") from None
    except (OSError, TimeoutError, CancelledError):
        raise ClusterError(f"{address}: the scheduler went away during the work; {_start(address)}, then run make again: it goes on with the stage that was under way") from None
    finally:
        pool.shutdown(wait=False)


def _watched(client: Any, work: Future[list[Any]], address: str) -> list[Any]:
    """The results once all are there; asks meanwhile whether anybody is left to make them."""
    alone = 0.0
    while True:
        try:
            return work.result(timeout=ASK_S)
        except TimeoutError:
            if work.done():
                raise
        if client.status == "closed":
            raise OSError("the connection is lost")
        alone = alone + ASK_S if client.status == "running" and not client.nthreads() else 0.0
        if alone >= NO_WORKER_S:
            raise ClusterError(f"{address}: no worker is left; start some with `.venv/bin/python -m dask worker {address}` and run make again: it goes on with the stage that was under way")
