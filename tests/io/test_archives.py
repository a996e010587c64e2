"""Zips as they come: nested ones unpacked, unsafe and damaged ones refused before anything is written."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.io import archives
from pipeline.io.archives import NoMemberError, take

MIB = 1 << 20


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as z:
        for name, content in files.items():
            z.writestr(name, content)
    return made.getvalue()


def region(gml: bytes = b"<a/>") -> bytes:
    """The cadastre's bulk download: region, province, municipality, with blanks in names."""
    town = zipped({"B792_CARMIANO_ple.gml": gml, "B792_CARMIANO_map.gml": b"<m/>", "readme.txt": b"x"})
    other = zipped({"E506_LECCE_ple.gml": b"<b/>"})
    return zipped({"PUGLIA/LE.zip": zipped({"B792_CARMIANO.zip": town, "E506_LECCE.zip": other, "I954_SQUINZANO DI LECCE.zip": other}), "PUGLIA/BA.zip": zipped({})}, zipfile.ZIP_STORED)


def put(folder: Path, content: bytes) -> tuple[Path, Path]:
    (folder / "in.zip").write_bytes(content)
    (folder / "out").mkdir(exist_ok=True)
    return folder / "in.zip", folder / "out"


def test_a_zip_in_a_zip_in_a_zip_gives_its_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    archive, out = put(tmp_path, region(b"<gml/>"))
    (made,) = take(archive, ["LE.zip", "B792_*.zip", "*_ple.gml"], out, MIB)
    assert (made.name, made.read_bytes()) == ("B792_CARMIANO_ple.gml", b"<gml/>")
    assert [p.name for p in out.iterdir()] == ["B792_CARMIANO_ple.gml"]


def test_names_with_blanks_paths_and_several_files(tmp_path: Path) -> None:
    archive, out = put(tmp_path, region())
    (made,) = take(archive, ["PUGLIA/LE.zip", "I954_SQUINZANO DI LECCE.zip", "*.gml"], out, MIB)
    assert made.name == "E506_LECCE_ple.gml"
    assert [p.name for p in take(archive, ["LE.zip", "B792*", "*.gml"], out, MIB)] == ["B792_CARMIANO_map.gml", "B792_CARMIANO_ple.gml"]


@pytest.mark.parametrize(
    ("patterns", "words"),
    [
        (["TA.zip", "*.gml"], "no member matches 'TA.zip'; it holds PUGLIA/LE.zip"),
        (["*.zip", "*.gml"], "2 members match"),
        (["LE.zip", "B792_*.zip", "*.tif"], "no member matches"),
    ],
)
def test_what_is_not_in_it_is_said_with_what_is(tmp_path: Path, patterns: list[str], words: str) -> None:
    archive, out = put(tmp_path, region())
    with pytest.raises(InputError, match=words.replace("*", r"\*")):
        take(archive, patterns, out, MIB)


@pytest.mark.parametrize("name", ["../evil.gml", "a/../../evil.gml", "/etc/evil.gml", "..\\evil.gml", "C:\\evil.gml", "c:evil.gml"])
def test_a_member_that_points_outside_condemns_the_archive(tmp_path: Path, name: str) -> None:
    archive, out = put(tmp_path, zipped({"good.gml": b"<a/>", name: b"<b/>"}))
    with pytest.raises(InputError, match="points outside"):
        take(archive, ["*.gml"], out, MIB)
    assert list(out.iterdir()) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.zip", "out"]


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_condemn_the_archive(tmp_path: Path, mode: int) -> None:
    info = zipfile.ZipInfo("good.gml")
    info.external_attr = (mode | 0o777) << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as z:
        z.writestr(info, "/etc/passwd")
    archive, out = put(tmp_path, made.getvalue())
    with pytest.raises(InputError, match="link or a device"):
        take(archive, ["*.gml"], out, MIB)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("name", [".hidden.gml", "ab:c.gml", "x" * 200 + ".gml", "a|b.gml"])
def test_names_that_are_no_file_names_are_refused(tmp_path: Path, name: str) -> None:
    archive, out = put(tmp_path, zipped({name: b"<a/>"}))
    with pytest.raises(InputError, match="no name for a file"):
        take(archive, ["*.gml"], out, MIB)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    archive, out = put(tmp_path, zipped({"a/x.gml": b"1", "b/x.gml": b"2"}))
    with pytest.raises(InputError, match=r"two members are called x\.gml"):
        take(archive, ["*.gml"], out, MIB)


def test_bombs_are_refused_by_size_and_by_proportion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, out = put(tmp_path, zipped({"a.tif": bytes(8 * MIB)}))
    with pytest.raises(InputError, match="unpacks to more than allowed"):
        take(archive, ["*.tif"], out, MIB)
    monkeypatch.setattr(archives, "RATIO_FROM_BYTES", MIB)
    with pytest.raises(InputError, match="zip bomb"):
        take(archive, ["*.tif"], out, 100 * MIB)


def test_a_bomb_in_a_bomb_counts_together(tmp_path: Path) -> None:
    """Each level is small against the limit; what all levels write is not."""
    inner = zipped({"a.tif": bytes(6 * MIB)}, zipfile.ZIP_STORED)
    archive, out = put(tmp_path, zipped({"inner.zip": inner}))
    with pytest.raises(InputError, match="unpacks to more than allowed"):
        take(archive, ["inner.zip", "*.tif"], out, 8 * MIB)


def test_a_million_members_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, out = put(tmp_path, zipped({f"{n}.gml": b"" for n in range(300)}, zipfile.ZIP_STORED))
    monkeypatch.setattr(archives, "MAX_MEMBERS", 200)
    with pytest.raises(InputError, match="300 members"):
        take(archive, ["1.gml"], out, MIB)
    monkeypatch.setattr(archives, "MAX_DIRECTORY_BYTES", 1000)
    with pytest.raises(InputError, match="its list of members has"):
        take(archive, ["1.gml"], out, MIB)


def test_a_zip64_end_record_that_hides_a_huge_list_is_seen(tmp_path: Path) -> None:
    whole = zipped({"a.gml": b"<a/>"})
    at = whole.rindex(b"PK\x05\x06")
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 1 << 34, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    archive, out = put(tmp_path, whole[:at] + record + locator + whole[at:])
    with pytest.raises(InputError, match="its list of members has 17,179,869,184 bytes"):
        take(archive, ["*.gml"], out, MIB)


def damaged() -> dict[str, bytes]:
    whole = zipped({"a.gml": b"<a>" + bytes(range(256)) * 40 + b"</a>"})
    flipped = bytearray(whole)
    flipped[60] ^= 0xFF
    lied = bytearray(whole)
    at = whole.index(b"PK\x01\x02")
    struct.pack_into("<L", lied, at + 24, 5)  # claims five bytes: what comes has another checksum
    encrypted = bytearray(whole)
    encrypted[at + 8] |= 1
    strange = bytearray(whole)
    struct.pack_into("<H", strange, at + 10, 99)
    return {
        "empty": b"", "half": whole[: len(whole) // 2], "no end": whole[:-30], "html": b"<html>no</html>", "flipped": bytes(flipped), "size lies": bytes(lied),
        "encrypted": bytes(encrypted), "strange method": bytes(strange), "end only": b"PK\x05\x06" + bytes(18), "cut end": whole[:-3],
    }


@pytest.mark.parametrize("how", sorted(damaged()))
def test_damaged_zips_are_said_to_be(tmp_path: Path, how: str) -> None:
    archive, out = put(tmp_path, damaged()[how])
    with pytest.raises(InputError, match=r"in\.zip") as caught:
        take(archive, ["*.gml"], out, MIB)
    assert isinstance(caught.value, NoMemberError) == (how == "end only")
