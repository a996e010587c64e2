"""The packed site: whole, the same twice, nothing from outside."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.io.sitezip import zip_site


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "carmiano"
    (folder / "data").mkdir(parents=True)
    for name, text in (("index.html", "<p>è</p>"), ("manifest.json", "{}"), ("data/town.js", "SS.put()")):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_all_files_come_back_in_one_folder(site: Path, tmp_path: Path) -> None:
    assert zip_site(site, tmp_path / "a.zip") == 3
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert packed.testzip() is None
        assert {n: packed.read(n).decode() for n in packed.namelist()} == {"carmiano/data/town.js": "SS.put()", "carmiano/index.html": "<p>è</p>", "carmiano/manifest.json": "{}"}


def test_two_packings_are_equal_whatever_the_clock_says(site: Path, tmp_path: Path) -> None:
    zip_site(site, tmp_path / "a.zip")
    (site / "index.html").touch()
    zip_site(site, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_links_do_not_carry_other_files_out(site: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (site / "link").symlink_to(tmp_path / "secret")
    assert zip_site(site, tmp_path / "a.zip") == 3


def test_an_unfinished_site_is_refused_and_leaves_nothing(site: Path, tmp_path: Path) -> None:
    (site / "manifest.json").unlink()
    with pytest.raises(InputError, match="run `make` first"):
        zip_site(site, tmp_path / "a.zip")
    assert not list(tmp_path.glob("a.*"))
