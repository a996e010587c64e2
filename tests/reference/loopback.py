"""A server on this machine that behaves as told: the formats as publishers send them, and everything that goes wrong."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What a path gives. `cut` ends the connection after so many bytes, `reset` with a reset; `stall_s` waits before the body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    type: str = "application/octet-stream"
    etag: str = ""
    ranges: bool = True
    cut: int | None = None
    reset: bool = False
    stall_s: float = 0.0
    length: int | None = None
    chunked: bool = False
    unsized: bool = False
    drip_s: float = 0.0


Route = Answer | Callable[["Request"], Answer]


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    headers: dict[str, str]
    number: int


class Server:
    """Routes by path without query; `seen` lists what was asked."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.seen: list[Request] = []
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.port = self.http.server_port

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://localhost:{self.port}{path}"

    def asked(self, path: str) -> list[Request]:
        return [r for r in self.seen if r.path.partition("?")[0] == path]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.partition("?")[0]
        with self.lock:
            request = Request(handler.path, {k.lower(): v for k, v in handler.headers.items()}, len(self.asked(path)) + 1)
            self.seen.append(request)
        route = self.routes.get(path, Answer(b"not here", 404))
        made = route(request) if callable(route) else route
        handler.close_connection = True
        with suppress(BrokenPipeError, ConnectionResetError):
            self._send(handler, request, made)

    def _send(self, handler: BaseHTTPRequestHandler, request: Request, made: Answer) -> None:
        body, status = made.body, made.status
        headers = {"Content-Type": made.type} | ({"ETag": made.etag} if made.etag else {}) | made.headers
        wanted = request.headers.get("range", "")
        if status == 200 and made.ranges and wanted and request.headers.get("if-range", made.etag) == made.etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                body, status = b"", 416
            else:
                headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
                body, status = body[start:], 206
        handler.send_response(status)
        if made.chunked:
            headers["Transfer-Encoding"] = "chunked"
            sent = b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in (body[i : i + 5000] for i in range(0, len(body), 5000))) + b"0\r\n\r\n"
        else:
            sent = body
            if not made.unsized:
                headers["Content-Length"] = str(made.length if made.length is not None else len(body))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        time.sleep(made.stall_s)
        if made.drip_s:
            for i in range(0, len(sent), 8):
                handler.wfile.write(sent[i : i + 8])
                handler.wfile.flush()
                time.sleep(made.drip_s)
        else:
            handler.wfile.write(sent if made.cut is None else sent[: made.cut])
        handler.wfile.flush()
        if made.reset:
            # Close with unread pressure: linger 0 sends RST instead of FIN.
            time.sleep(0.05)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()


@contextmanager
def serving() -> Iterator[Server]:
    """A running server; ends with the block."""
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        server.http.server_close()
