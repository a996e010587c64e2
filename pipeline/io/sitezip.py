"""The published folder as one zip: the same bytes for the same site."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pipeline.errors import InputError

# The zip format begins in 1980; a fixed date keeps two packings of one site equal.
_DATE = (1980, 1, 1, 0, 0, 0)
_PACKED = {".webp", ".png", ".zip", ".gpkg"}


def zip_site(site: Path, out: Path) -> int:
    """Pack a published folder.

    Parameters
    ----------
    site
        Folder with index.html and manifest.json.
    out
        The zip to write; replaced only when the new one is whole.

    Returns
    -------
    int
        Files packed.

    Raises
    ------
    InputError
        When the folder holds no finished site.
    """
    if not (site / "index.html").is_file() or not (site / "manifest.json").is_file():
        raise InputError(f"{site}: no finished site here; run `make` first")
    files = sorted(p for p in site.rglob("*") if p.is_file() and not p.is_symlink())
    part = out.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as packed:
        for path in files:
            entry = zipfile.ZipInfo((Path(site.name) / path.relative_to(site)).as_posix(), _DATE)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if path.suffix in _PACKED else zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())
    part.replace(out)
    return len(files)
