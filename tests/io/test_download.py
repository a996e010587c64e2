"""One address brought to one file, against a server that misbehaves in every way we know."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path
from types import MappingProxyType

import pytest

from pipeline.errors import InputError
from pipeline.io.download import USER_AGENT, Downloader, Manners
from tests.reference.fetching import LOCAL
from tests.reference.loopback import Answer, Request, Server

BODY = hashlib.sha256(b"seed").digest() * 40_000  # 1.28 MB, unlike zeros
QUICK = Manners(timeout_s=0.3, tries=3, backoff_s=0.01, interval_s=0.0, longest_wait_s=0.5, patience_s=0.2, slowest_bytes_s=1e5)


@pytest.fixture
def asker() -> Downloader:
    return Downloader(LOCAL, QUICK)


def get(asker: Downloader, server: Server, path: str, folder: Path, limit: int = 1 << 24) -> Path:
    part = folder / "body.part"
    received = asker.get(server.url(path), "vector", part, limit)
    assert received.sha256 == hashlib.sha256(part.read_bytes()).hexdigest()
    assert received.size == part.stat().st_size
    return part


def test_a_file_comes_whole_and_politely(asker: Downloader, server: Server, tmp_path: Path) -> None:
    server.routes["/a"] = Answer(BODY, etag='"1"')
    assert get(asker, server, "/a", tmp_path).read_bytes() == BODY
    (request,) = server.seen
    assert request.headers["user-agent"] == USER_AGENT
    assert "SoleSuolo/" in USER_AGENT
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["host"] == f"localhost:{server.port}"
    assert [p.name for p in tmp_path.iterdir()] == ["body.part"]


def test_chunked_and_unsized_bodies_come_whole(asker: Downloader, server: Server, tmp_path: Path) -> None:
    server.routes["/chunked"] = Answer(BODY, chunked=True)
    server.routes["/unsized"] = Answer(BODY, unsized=True)
    for path in ("/chunked", "/unsized"):
        assert get(asker, server, path, tmp_path).read_bytes() == BODY


@pytest.mark.parametrize("how", [{"reset": True}, {}])
def test_a_broken_download_goes_on_where_it_stopped(asker: Downloader, server: Server, tmp_path: Path, how: dict[str, bool]) -> None:
    server.routes["/a"] = lambda r: Answer(BODY, etag='"1"', cut=500_000 if r.number == 1 else None, **(how if r.number == 1 else {}))  # type: ignore[arg-type]
    assert get(asker, server, "/a", tmp_path).read_bytes() == BODY
    again = server.seen[1].headers
    assert again["if-range"] == '"1"'
    start = int(again["range"].removeprefix("bytes=").rstrip("-"))
    assert 0 < start <= 500_000
    assert len(server.seen) == 2


def test_a_later_run_goes_on_too(server: Server, tmp_path: Path) -> None:
    server.routes["/a"] = Answer(BODY, etag='"1"', cut=300_000)
    with pytest.raises(InputError, match=r"after [\d,]+ of [\d,]+ bytes; asked 1 times"):
        Downloader(LOCAL, dataclasses.replace(QUICK, tries=1)).get(server.url("/a"), "vector", tmp_path / "body.part", 1 << 24)
    assert (tmp_path / "body.part").stat().st_size == 300_000
    server.routes["/a"] = Answer(BODY, etag='"1"')
    assert get(Downloader(LOCAL, QUICK), server, "/a", tmp_path).read_bytes() == BODY
    assert server.seen[-1].headers["range"] == "bytes=300000-"


def test_a_server_without_ranges_starts_anew(asker: Downloader, server: Server, tmp_path: Path) -> None:
    server.routes["/a"] = lambda r: Answer(BODY, etag='"1"', ranges=False, cut=500_000 if r.number == 1 else None)
    assert get(asker, server, "/a", tmp_path).read_bytes() == BODY


def test_a_file_that_changed_meanwhile_starts_anew(asker: Downloader, server: Server, tmp_path: Path) -> None:
    new = BODY[::-1]
    server.routes["/a"] = lambda r: Answer(BODY, etag='"1"', cut=500_000) if r.number == 1 else Answer(new, etag='"2"')
    assert get(asker, server, "/a", tmp_path).read_bytes() == new


def test_a_part_of_another_file_is_never_joined(asker: Downloader, server: Server, tmp_path: Path) -> None:
    """The server ignores If-Range and goes on with another file: its mark gives it away."""
    new = BODY[::-1]

    def route(r: Request) -> Answer:
        if r.number == 1:
            return Answer(BODY, etag='"1"', cut=500_000)
        if "range" in r.headers:
            start = int(r.headers["range"].removeprefix("bytes=").rstrip("-"))
            return Answer(new[start:], 206, {"Content-Range": f"bytes {start}-{len(new) - 1}/{len(new)}"}, etag='"2"')
        return Answer(new, etag='"2"')

    server.routes["/a"] = route
    assert get(asker, server, "/a", tmp_path).read_bytes() == new


@pytest.mark.parametrize("said", ["bytes 7-9/10", "bytes */5", "nonsense", ""])
def test_a_wrong_content_range_is_not_believed(asker: Downloader, server: Server, tmp_path: Path, said: str) -> None:
    server.routes["/a"] = lambda r: Answer(BODY, etag='"1"', cut=500_000) if r.number == 1 else Answer(b"xxx", 206, {"Content-Range": said}) if "range" in r.headers else Answer(BODY)
    assert get(asker, server, "/a", tmp_path).read_bytes() == BODY


def test_without_a_mark_of_the_server_a_part_is_not_trusted(asker: Downloader, server: Server, tmp_path: Path) -> None:
    server.routes["/a"] = lambda r: Answer(BODY, cut=500_000 if r.number == 1 else None)
    assert get(asker, server, "/a", tmp_path).read_bytes() == BODY
    assert "range" not in server.seen[1].headers


def test_a_range_beyond_the_end_starts_anew(asker: Downloader, server: Server, tmp_path: Path) -> None:
    """The process ended between the last byte and the move: the part is whole already."""
    server.routes["/a"] = Answer(BODY, etag='"1"')
    (tmp_path / "body.part").write_bytes(BODY)
    (tmp_path / "body.part.json").write_text(f'{{"url": "{server.url("/a")}", "etag": "\\"1\\"", "last_modified": ""}}')
    assert get(asker, server, "/a", tmp_path).read_bytes() == BODY


def test_a_silent_server_is_left_in_time(asker: Downloader, server: Server, tmp_path: Path) -> None:
    server.routes["/a"] = Answer(BODY, stall_s=1.0)
    began = time.monotonic()
    with pytest.raises(InputError, match="did not answer in time; asked 3 times"):
        get(asker, server, "/a", tmp_path)
    assert time.monotonic() - began < 2.5


def test_a_dripping_server_is_left_in_time(asker: Downloader, server: Server, tmp_path: Path) -> None:
    server.routes["/a"] = Answer(BODY[:4000], drip_s=0.01)
    began = time.monotonic()
    with pytest.raises(InputError, match="too slowly"):
        get(asker, server, "/a", tmp_path)
    assert time.monotonic() - began < 2.5


def test_a_closed_port_is_said(asker: Downloader, server: Server, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(InputError, match="refused; asked 3 times"):
        asker.get(f"http://localhost:{port}/", "vector", tmp_path / "body.part", 1000)


def test_announced_and_real_sizes_over_the_limit_are_refused_and_nothing_stays(asker: Downloader, server: Server, tmp_path: Path) -> None:
    server.routes["/announced"] = Answer(BODY)
    server.routes["/lied"] = Answer(BODY, unsized=True)
    server.routes["/chunked"] = Answer(BODY, chunked=True)
    for path, words in (("/announced", "MB large, the limit is"), ("/lied", "more than"), ("/chunked", "more than")):
        with pytest.raises(InputError, match=words):
            get(asker, server, path, tmp_path, limit=100_000)
        assert list(tmp_path.iterdir()) == []
    assert len(server.seen) == 3  # not asked again


def test_a_length_greater_than_the_body_is_no_whole_file(asker: Downloader, server: Server, tmp_path: Path) -> None:
    server.routes["/a"] = Answer(BODY[:1000], length=2000)
    with pytest.raises(InputError, match="after 1,000 of 2,000 bytes"):
        get(asker, server, "/a", tmp_path)


def test_a_disk_too_small_is_said_before_it_is_full(asker: Downloader, server: Server, tmp_path: Path) -> None:
    server.routes["/a"] = Answer(b"x", length=1 << 60)
    with pytest.raises(InputError, match="the disk has"):
        get(asker, server, "/a", tmp_path, limit=1 << 61)


@pytest.mark.parametrize(
    ("answer", "words", "times"),
    [
        (Answer(b"<html><body>gone</body></html>", 404, type="text/html"), "404 Not Found: 'gone'", 1),
        (Answer(b"", 403), "403 Forbidden", 1),
        (Answer(b"", 204), "204", 1),
        (Answer(b'{"message":"Location over the sea"}', 400, type="application/json"), "Location over the sea", 1),
        (Answer(b"<!doctype html><title>Sign in</title>", type="text/html; charset=utf-8"), "an HTML page came instead of the file: 'Sign in'", 1),
        (Answer(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), "sent it as gzip", 1),
        (Answer(b"", 503), "503 Service Unavailable; asked 3 times", 3),
        (Answer(b"", 429, {"Retry-After": "3600"}), "asks to wait 3600 s; try again later", 1),
        (Answer(b"", 429, {"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"}), "try again later", 1),
        (Answer(b"", 429, {"Retry-After": "soon"}), "429 Too Many Requests; asked 3 times", 3),
        (Answer(b"", 302), "without saying where", 1),
    ],
)
def test_refusals_say_what_the_server_said(asker: Downloader, server: Server, tmp_path: Path, answer: Answer, words: str, times: int) -> None:
    server.routes["/a"] = answer
    with pytest.raises(InputError, match=words):
        get(asker, server, "/a", tmp_path)
    assert len(server.seen) == times
    assert list(tmp_path.iterdir()) == []


def test_retry_after_is_waited_for(server: Server, tmp_path: Path) -> None:
    naps: list[float] = []
    server.routes["/a"] = lambda r: Answer(b"", 429, {"Retry-After": "7"}) if r.number == 1 else Answer(BODY)
    asker = Downloader(LOCAL, dataclasses.replace(QUICK, longest_wait_s=10.0), sleep=naps.append)
    assert get(asker, server, "/a", tmp_path).read_bytes() == BODY
    assert naps == [7.0]


def test_tries_wait_longer_each_time_and_one_host_is_not_hurried(server: Server, tmp_path: Path) -> None:
    naps: list[float] = []
    server.routes["/a"] = Answer(b"", 500)
    with pytest.raises(InputError):
        Downloader(LOCAL, dataclasses.replace(QUICK, tries=4, backoff_s=2.0), sleep=naps.append).get(server.url("/a"), "vector", tmp_path / "p", 10)
    assert naps == [2.0, 4.0, 8.0]
    naps.clear()
    now = [0.0]
    server.routes["/b"] = Answer(b"x")
    asker = Downloader(LOCAL, dataclasses.replace(QUICK, interval_s=1.0), sleep=naps.append, clock=lambda: now[0])
    for _ in range(3):
        asker.get(server.url("/b"), "vector", tmp_path / "p", 10)
    assert naps == [1.0, 1.0]


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_relative_ones_too(asker: Downloader, server: Server, tmp_path: Path, status: int) -> None:
    server.routes["/a"] = Answer(status=status, headers={"Location": "b/c?x=1"})
    server.routes["/b/c"] = Answer(BODY)
    assert get(asker, server, "/a", tmp_path).read_bytes() == BODY
    assert server.seen[1].path == "/b/c?x=1"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("file:///etc/passwd", "scheme"),
        ("https://elsewhere.example/a", "scheme|not on the list"),
        ("http://elsewhere.example/a", "not on the list"),
        ("http://127.0.0.1:1/a", "not on the list"),
        ("http://user@localhost/a", "user name"),
        ("http://localhost/a b", "blanks"),
    ],
)
def test_each_redirect_is_judged_like_the_first_address(asker: Downloader, server: Server, tmp_path: Path, where: str, words: str) -> None:
    server.routes["/a"] = Answer(status=302, headers={"Location": where})
    with pytest.raises(InputError, match=words):
        get(asker, server, "/a", tmp_path)
    assert len(server.seen) == 1


def test_a_name_that_turns_to_this_machine_at_the_redirect_is_refused(server: Server, tmp_path: Path) -> None:
    """The name server gives another address the second time: each hop is resolved and judged, and the judged address is used."""
    server.routes["/a"] = Answer(status=302, headers={"Location": "/b"})
    given_out = iter([("127.0.0.1",), ("10.0.0.1",)])
    policy = dataclasses.replace(LOCAL, resolve=lambda host, port: next(given_out))
    with pytest.raises(InputError, match=r"stands for 10\.0\.0\.1"):
        Downloader(policy, QUICK).get(server.url("/a"), "vector", tmp_path / "p", 10)


def test_circles_end(asker: Downloader, server: Server, tmp_path: Path) -> None:
    server.routes["/a"] = Answer(status=302, headers={"Location": "/b"})
    server.routes["/b"] = Answer(status=302, headers={"Location": "/a"})
    with pytest.raises(InputError, match="more than 5 redirects"):
        get(asker, server, "/a", tmp_path)
    assert len(server.seen) == 6


def test_plain_http_behind_https_is_no_tls_and_says_so(server: Server, tmp_path: Path) -> None:
    policy = dataclasses.replace(LOCAL, schemes=MappingProxyType({"https": None}))
    with pytest.raises(InputError, match=r"(?i)ssl|tls"):
        Downloader(policy, QUICK).get(server.url("/a", "https"), "vector", tmp_path / "p", 10)


def test_progress_is_told_to_the_last_byte(server: Server, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    server.routes["/a"] = Answer(BODY)
    get(Downloader(LOCAL, QUICK, progress=lambda done, total: told.append((done, total))), server, "/a", tmp_path)
    assert told[-1] == (len(BODY), len(BODY))
    assert [d for d, _ in told] == sorted(d for d, _ in told)


def test_https_checks_the_certificate_against_the_name(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only way that is open in earnest: TLS to the judged address, certificate of the name."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    server.routes["/a"] = Answer(BODY)
    policy = dataclasses.replace(LOCAL, schemes=MappingProxyType({"https": None}), extra=frozenset({"other.example"}))
    with pytest.raises(InputError, match="certificate of the server is not valid"):
        Downloader(policy, QUICK).get(server.url("/a", "https"), "vector", tmp_path / "p", 1 << 24)
    trusted = ssl.create_default_context
    monkeypatch.setattr("pipeline.io.download.ssl.create_default_context", lambda: trusted(cafile=str(certificate)))
    assert Downloader(policy, QUICK).get(server.url("/a", "https"), "vector", tmp_path / "p", 1 << 24).size == len(BODY)
    with pytest.raises(InputError, match=r"certificate of the server is not valid.*other\.example"):
        Downloader(policy, QUICK).get(f"https://other.example:{server.port}/a", "vector", tmp_path / "p", 1 << 24)
