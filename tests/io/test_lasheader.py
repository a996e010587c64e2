"""Headers of point clouds: true ones pass, counts that the file cannot hold are refused before anything believes them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import laspy
import numpy as np
import pytest

from pipeline.errors import InputError
from pipeline.io.lasheader import RECORD_BYTES, check_las


def cloud(path: Path, kind: int = 6, version: str = "1.4", points: int = 120_000) -> bytearray:
    data = laspy.create(point_format=kind, file_version=version)
    data.header.scales = np.array([0.01] * 3)
    spread = np.random.default_rng(0).random((3, points)) * 100
    data.x, data.y, data.z = spread
    data.write(path)
    return bytearray(path.read_bytes())


@pytest.mark.parametrize("suffix", [".las", ".laz"])
@pytest.mark.parametrize(("kind", "version"), [(0, "1.2"), (1, "1.2"), (3, "1.3"), (6, "1.4"), (7, "1.4"), (8, "1.4")])
def test_true_headers_pass(kind: int, version: str, suffix: str, tmp_path: Path) -> None:
    cloud(tmp_path / f"a{suffix}", kind, version)
    check_las(tmp_path / f"a{suffix}")


def test_record_lengths_are_those_of_the_specification() -> None:
    assert [laspy.PointFormat(i).size for i in range(11)] == list(RECORD_BYTES)


@pytest.mark.shared
def test_real_files_pass(shared_data: Path) -> None:
    files = sorted((shared_data / "delft").glob("*.laz"))
    assert files
    for path in files:
        check_las(path)


def put(form: str, at: int, value: float) -> Callable[[bytearray], None]:
    return lambda content: struct.pack_into(form, content, at, value)


BROKEN: dict[str, tuple[str, Callable[[bytearray], None], str]] = {
    "no signature": (".las", put("<I", 0, 0), "no LASF header"),
    "a version nobody wrote": (".las", put("<B", 25, 9), "version 1.9"),
    "a header longer than the file": (".las", put("<H", 94, 65535), "its header has 65,535 bytes"),
    "two thousand million records": (".laz", put("<I", 100, 2**31), "2,147,483,648 records announced before the points"),
    "records after the end": (".las", put("<I", 243, 2**31), "2,147,483,648 records announced at byte"),
    "more points than bytes": (".las", put("<Q", 247, 10**9), "1,000,000,000 points of 30 bytes announced"),
    "packed beyond belief": (".laz", put("<Q", 247, 10**12), "1,000,000,000,000 points announced"),
    "a scale of nothing": (".las", put("<d", 131, 0.0), "scales"),
    "an offset without end": (".las", put("<d", 155, float("inf")), "offsets"),
    "bounds that are no numbers": (".las", put("<d", 179, float("nan")), "bounds"),
    "bounds of another planet": (".laz", put("<d", 179, 1e12), "bounds"),
    "a point of one byte": (".las", put("<H", 105, 1), "point format 6 with 1 bytes"),
    "items that make no point": (".laz", lambda c: put("<H", c.index(b"laszip encoded") + 52 + 36, 77)(c), "items do not make a point"),
    "a table of chunks nowhere": (".laz", lambda c: put("<q", struct.unpack_from("<I", c, 96)[0], 10**12)(c), "table of chunks lies at"),
    "four thousand million chunks": (".laz", lambda c: put("<I", struct.unpack_from("<q", c, struct.unpack_from("<I", c, 96)[0])[0] + 4, 2**32 - 1)(c), "4,294,967,295 chunks"),
    "a layer of four gigabytes": (".laz", lambda c: put("<I", struct.unpack_from("<I", c, 96)[0] + 8 + 30 + 4, 2**32 - 1)(c), "chunk 1 of 3 reaches beyond"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_counts_the_file_cannot_hold_are_refused(case: str, tmp_path: Path) -> None:
    suffix, damage, words = BROKEN[case]
    path = tmp_path / f"a{suffix}"
    content = cloud(path)
    damage(content)
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        check_las(path)
    assert path.name in str(caught.value) and "download it again" in str(caught.value)
