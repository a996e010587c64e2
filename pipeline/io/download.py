"""One address to one file: in pieces, resumable, within a size, politely."""

from __future__ import annotations

import email.utils
import http.client
import re
import shutil
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

from pipeline.errors import InputError
from pipeline.io.policy import OFFICIAL, Policy, Target
from pipeline.io.sidecar import read_json, sha256_of, write_json
from pipeline.version import __version__

USER_AGENT = f"SoleSuolo/{__version__} (maps of sun and soil for small municipalities; make fetch)"
PIECE = 1 << 16
MIB = 1 << 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_CONTENT_RANGE = re.compile(r"^bytes (\d+)-(\d+)/(\d+)$")


@dataclass(frozen=True)
class Manners:
    """How patiently and how often a server is asked. Times in seconds."""

    timeout_s: float = 60.0
    tries: int = 4
    backoff_s: float = 2.0
    interval_s: float = 1.0
    longest_wait_s: float = 120.0
    redirects: int = 5
    patience_s: float = 60.0
    slowest_bytes_s: float = 200.0


@dataclass(frozen=True)
class Received:
    """A file that came whole."""

    url: str
    size: int
    sha256: str
    etag: str
    last_modified: str


class _PassingError(Exception):
    """It may work when asked again, after `wait_s` at least."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class _PinnedHTTPS(http.client.HTTPSConnection):
    """HTTPS to an address that was judged, with the certificate checked against the name."""

    def __init__(self, target: Target, timeout: float) -> None:
        self.tls = ssl.create_default_context()
        super().__init__(target.host, target.port, timeout=timeout, context=self.tls)
        self.target = target

    def connect(self) -> None:
        self.sock = self.tls.wrap_socket(_connect(self.target, self.timeout), server_hostname=self.target.host)


class _PinnedHTTP(http.client.HTTPConnection):
    """The same without TLS; only a test's policy allows it."""

    def __init__(self, target: Target, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self.target = target

    def connect(self) -> None:
        self.sock = _connect(self.target, self.timeout)


def _connect(target: Target, timeout: float | None) -> socket.socket:
    problem: OSError | None = None
    for address in target.addresses:
        try:
            return socket.create_connection((address, target.port), timeout)
        except OSError as error:
            problem = error
    raise problem or OSError("no address")


@dataclass
class Downloader:
    """Asks servers: judges every address, keeps a pause between requests to one host, tries again where that may help.

    Attributes
    ----------
    policy, manners
        What may be asked, and how.
    progress
        Called with (bytes so far, bytes in all or None) while a file comes.
    sleep, clock
        For tests.
    """

    policy: Policy = OFFICIAL
    manners: Manners = field(default_factory=Manners)
    progress: Callable[[int, int | None], None] | None = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict)

    def get(self, url: str, kind: str, part: Path, max_bytes: int) -> Received:
        """Bring what an address gives into the file `part`, going on where an earlier try stopped.

        Parameters
        ----------
        url, kind
            Address, and the kind of source it is for.
        part
            File to write; never a name that anything else reads.
        max_bytes
            More is refused, whatever the server announces [bytes].

        Raises
        ------
        InputError
            With the reason, after as many tries as manners allow. What came so far stays in `part` where going on
            from it makes sense, else nothing stays.
        """
        tries, wait, last = 0, self.manners.backoff_s, ""
        while tries < self.manners.tries:
            if tries:
                self.sleep(wait)
            before = _size(part)
            try:
                return self._once(url, kind, part, max_bytes)
            except (_PassingError, OSError, http.client.HTTPException) as error:
                if isinstance(error, ssl.SSLCertVerificationError):
                    raise InputError(f"the certificate of the server is not valid ({error.verify_message})") from None
                last = _said(error)
                # A long download over a bad line may go on as long as it grows.
                tries = 1 if _size(part) - before >= MIB else tries + 1
                wait = max(self.manners.backoff_s * 2 ** (tries - 1), getattr(error, "wait_s", 0.0))
        raise InputError(f"{last}; asked {self.manners.tries} times")

    def _once(self, url: str, kind: str, part: Path, max_bytes: int) -> Received:
        known = _resumable(part, url)
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
        if known:
            headers |= {"Range": f"bytes={_size(part)}-", "If-Range": known["etag"] or known["last_modified"]}
        connection, response, final = self._ask(url, kind, headers)
        try:
            start = self._start(response, part, known, max_bytes)
            etag, modified = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
            if not start:
                part.write_bytes(b"")
                write_json(_notes(part), {"url": url, "etag": "" if etag.startswith("W/") else etag, "last_modified": modified})
            self._body(response, part, start, max_bytes)
        finally:
            connection.close()
        _notes(part).unlink(missing_ok=True)
        return Received(final, _size(part), sha256_of(part), etag, modified)

    def _ask(self, url: str, kind: str, headers: dict[str, str]) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse, str]:
        for _ in range(self.manners.redirects + 1):
            target = self.policy.judge(url, kind)
            self._pause(target.host)
            connection = (_PinnedHTTPS if target.scheme == "https" else _PinnedHTTP)(target, self.manners.timeout_s)
            try:
                connection.request("GET", target.request, headers=headers)
                response = connection.getresponse()
                if response.status not in _REDIRECTS:
                    self._judge_status(response)
                    return connection, response, url
            except BaseException:
                connection.close()
                raise
            connection.close()
            where = response.headers.get("Location")
            if not where:
                raise InputError(f"the server answered {response.status} without saying where to go")
            url = urljoin(url, where)
        raise InputError(f"more than {self.manners.redirects} redirects, the last to {url}")

    def _pause(self, host: str) -> None:
        left = self._last.get(host, float("-inf")) + self.manners.interval_s - self.clock()
        if left > 0:
            self.sleep(left)
        self._last[host] = self.clock()

    def _judge_status(self, response: http.client.HTTPResponse) -> None:
        status = response.status
        said = f"the server answered {status} {response.reason}"
        if status in _PASSING:
            wait = _retry_after(response.headers.get("Retry-After", ""))
            if wait > self.manners.longest_wait_s:
                raise InputError(f"{said} and asks to wait {wait:.0f} s; try again later")
            raise _PassingError(said, wait)
        if status not in (200, 206, 416):
            raise InputError(f"{said}{_excerpt(response)}")
        if response.headers.get_content_type() == "text/html" and status == 200:
            raise InputError(f"an HTML page came instead of the file{_excerpt(response)}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise InputError(f"the server sent it as {response.headers['Content-Encoding']}, which was not asked for")

    def _start(self, response: http.client.HTTPResponse, part: Path, known: dict[str, str] | None, max_bytes: int) -> int:
        """How many bytes of `part` stay. A server that forgot what it sent before starts from nothing."""
        start = 0
        if response.status == 206:
            came = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
            etag = response.headers.get("ETag", "")
            start = _size(part)
            if known is None or came is None or int(came[1]) != start or (known["etag"] and etag and etag != known["etag"]):
                _forget(part)
                raise _PassingError("the server went on with something else than what it began")
        elif response.status == 416:
            _forget(part)
            raise _PassingError("the server has no such part of the file any more")
        length = response.length
        if length is not None:
            if start + length > max_bytes:
                _forget(part)
                raise InputError(f"it is {(start + length) / MIB:,.1f} MB large, the limit is {max_bytes / MIB:,.1f} MB; raise max_mb of this source if that is right")
            free = shutil.disk_usage(part.parent).free
            if length > free:
                raise InputError(f"{length / MIB:,.0f} MB are still to come, the disk has {free / MIB:,.0f} MB left")
        return start

    def _body(self, response: http.client.HTTPResponse, part: Path, start: int, max_bytes: int) -> None:
        total = start + response.length if response.length is not None else None
        began, size = self.clock(), start
        with part.open("ab") as f:
            while piece := response.read1(PIECE):
                size += len(piece)
                if size > max_bytes:
                    f.close()
                    _forget(part)
                    raise InputError(f"more than {max_bytes / MIB:,.1f} MB came; raise max_mb of this source if that is right")
                f.write(piece)
                spent = self.clock() - began
                if spent > self.manners.patience_s + (size - start) / self.manners.slowest_bytes_s:
                    raise _PassingError(f"it comes too slowly: {(size - start) / spent:.0f} bytes a second")
                if self.progress:
                    self.progress(size, total)
        if total is not None and size != total:
            raise _PassingError(f"the connection ended after {size:,} of {total:,} bytes")


def _resumable(part: Path, url: str) -> dict[str, str] | None:
    """What is known of an unfinished file; without a mark of the server's it cannot be trusted and goes."""
    notes = read_json(_notes(part))
    if _size(part) and isinstance(notes, dict) and notes.get("url") == url and (notes.get("etag") or notes.get("last_modified")):
        return {"etag": str(notes.get("etag", "")), "last_modified": str(notes.get("last_modified", ""))}
    _forget(part)
    return None


def _notes(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _notes(part).unlink(missing_ok=True)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _retry_after(text: str) -> float:
    """Seconds of a Retry-After header, a number or a date."""
    if text.strip().isdigit():
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (when.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _excerpt(response: http.client.HTTPResponse) -> str:
    """The beginning of a text answer, for the message."""
    text = response.read(300).decode("utf-8", "replace")
    words = " ".join(re.sub(r"<[^>]*>?", " ", "".join(c if c.isprintable() else " " for c in text)).split())
    return f": {words[:120]!r}" if words else ""


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected | ConnectionResetError):
        return "the connection broke off"
    return str(error) or type(error).__name__
