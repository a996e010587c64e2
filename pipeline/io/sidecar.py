"""Sidecars and small JSON files: written whole or not at all, and the hashes that tie data to them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from pipeline.io.whole import remove, storing, text_beside

NOTICE = "dati dimostrativi / demonstration data"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as f:
        while piece := f.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def text_of(content: Any) -> str:
    """JSON text of a value, the same for equal values."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_json(path: Path, content: Any) -> None:
    """Write `content` to `path` in one step: a reader sees the old file or the new one, never a part."""
    write_text(path, text_of(content))


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` in one step.

    Raises
    ------
    StorageError
        When the disk does not take it; the old file stays.
    """
    tmp = text_beside(path)
    with storing(path):
        try:
            with tmp.open("w", encoding="utf-8") as f:
                f.write(text)
                f.flush()
                os.fsync(f.fileno())
            tmp.replace(path)
        finally:
            remove(tmp)


def read_json(path: Path) -> Any | None:
    """The content of a JSON file; None where it is missing or broken, so that it is made anew."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def stat_of(path: Path) -> list[int] | None:
    """Size and modification time [ns] of a file, None where there is none."""
    try:
        s = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return [s.st_size, s.st_mtime_ns]
