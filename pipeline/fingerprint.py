"""Fingerprint of a stage's code, and the sections of the config that code reads: what its output depends on beside data."""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.graph import Stage
from pipeline.io.sidecar import read_json, sha256_of, stat_of, text_of, write_json
from pipeline.io.whole import make_folder

CODE_ROOT = Path(__file__).parent.parent


class Module(NamedTuple):
    """What is known of the code of a module: digest of it and of each data file beside it that it names, modules of this
    package (config aside) and libraries that it imports, what it reads from the whole config."""

    digests: tuple[tuple[str, str], ...]
    inner: tuple[str, ...]
    libraries: frozenset[str]
    town: frozenset[str]


class Cache:
    """Hashes of raw files and digests of code by size and time stamp, kept between calls."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.old: dict[str, Any] = (read_json(path) if path else None) or {}
        self.new: dict[str, Any] = {}
        self._modules: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """A module of this package, None where there is none of the name: stages reach the same modules over and over."""
        if name not in self._modules:
            path = CODE_ROOT.joinpath(*name.split(".")).with_suffix(".py")
            self._modules[name] = self._read(name, path) if path.is_file() else None
        return self._modules[name]

    def _read(self, name: str, path: Path) -> Module:
        code = self.get(path, "read", _read_code)
        beside = sorted(p for folder in code["texts"] for p in (path.parent / folder).rglob("*") if p.is_file())
        digests = ((name, code["digest"]), *((str(p.relative_to(CODE_ROOT)), self.sha256(p)) for p in beside))
        inner = tuple(i for i in code["imports"] if i.startswith("pipeline.") and not i.startswith("pipeline.config"))
        libraries = frozenset(i.partition(".")[0].lower() for i in code["imports"] if not i.startswith("pipeline."))
        return Module(digests, inner, libraries, frozenset(code["town"]))

    def get(self, path: Path, kind: str, make: Any) -> Any:
        """What `make` gives of a file, made again only where its size or time stamp has changed."""
        key = f"{kind}:{path}"
        if key in self.new:
            return self.new[key][1]
        state = stat_of(path)
        known = self.old.get(key)
        value = known[1] if known and known[0] == state else make(path)
        self.new[key] = [state, value]
        return value

    def sha256(self, path: Path) -> str:
        """Checksum of a file."""
        return self.get(path, "sha256", sha256_of)

    def save(self) -> None:
        """Write what was asked for, where it differs from what was read."""
        if self.path and self.new != self.old:
            make_folder(self.path.parent)
            write_json(self.path, self.new)


def code_fingerprint(stage: Stage, cache: Cache | None = None) -> str:
    """Digest of the code a stage reaches: modules of this package without docstrings and comments, the data files
    beside them, and the pinned versions of the libraries they import."""
    cache = cache or Cache()
    pins = cache.get(CODE_ROOT / "requirements.lock", "pins", _pins)
    reached = _reached(stage, cache)
    digests = sorted(dict(d for m in reached for d in m.digests).items())
    libraries = frozenset().union(*(m.libraries for m in reached))
    content = [digests, sorted((k, v) for k, v in pins.items() if k in libraries)]
    return hashlib.sha256(text_of(content).encode()).hexdigest()


def town_attributes(stage: Stage, cache: Cache | None = None) -> set[str]:
    """What the code a stage reaches reads from the whole config: names behind `town.`, sections of town.yaml among them.

    A parameter that holds the config is named `town` everywhere (a test sees to it), so the text of the modules tells.
    """
    return set().union(*(m.town for m in _reached(stage, cache or Cache())))


def _reached(stage: Stage, cache: Cache) -> list[Module]:
    """Modules of this package that a stage imports, itself first; config aside."""
    found: dict[str, Module] = {}
    waiting, asked = [stage.module], {stage.module}
    while waiting:
        name = waiting.pop()
        if (module := cache.module(name)) is None:
            continue
        found[name] = module
        waiting += [i for i in module.inner if i not in asked]
        asked.update(module.inner)
    return list(found.values())


def _read_code(path: Path) -> dict[str, Any]:
    """Digest without docstrings, imported names, folders of data beside the module that it names, attributes of `town`."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    imports: set[str] = set()
    texts: set[str] = set()
    town: set[str] = set()
    folders = {p.name for p in path.parent.iterdir() if p.is_dir() and not (p / "__init__.py").exists() and p.name != "__pycache__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports |= {node.module} | {f"{node.module}.{a.name}" for a in node.names if node.module.startswith("pipeline")}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts |= {node.value.strip("/").partition("/")[0]} & folders
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "town":
            town.add(node.attr)
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return {"digest": hashlib.sha256(ast.dump(tree).encode()).hexdigest(), "imports": sorted(imports), "texts": sorted(texts), "town": sorted(town)}


def _pins(path: Path) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, rest in re.findall(r"^([A-Za-z0-9_.-]+)==([^\\\n]+)", path.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(name.lower(), []).append(rest.strip())
    return {name: " | ".join(versions) for name, versions in found.items()}
