"""What the package never does, and what strangers' names and files cannot make it do. SECURITY.md says which threat each holds."""

from __future__ import annotations

import ast
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config.sources import Layer, Source
from pipeline.config.town import Sources, Town
from pipeline.errors import ConfigError, InputError, SoleSuoloError
from pipeline.io.probe import probe
from pipeline.recipes import TOWN_NAME, Place, make_plan
from tests.reference.raw_layers import layer, read, square, text

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = sorted((ROOT / "pipeline").rglob("*.py"))
# Modules that turn bytes into code or objects, or text into a command.
FORBIDDEN_IMPORTS = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "code", "codeop", "runpy", "subprocess", "pty", "ctypes", "xmlrpc", "telnetlib", "ftplib", "requests", "urllib3"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "execfile", "input", "breakpoint"}
FORBIDDEN_ATTRIBUTES = {"read_pickle", "to_pickle", "unsafe_load", "full_load", "load_all", "system", "popen", "spawnl", "spawnv", "extractall", "mktemp", "urlopen", "urlretrieve", "from_string"}


def nodes() -> Iterator[tuple[str, ast.AST]]:
    for path in PACKAGE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield str(path.relative_to(ROOT)), node


def test_no_module_that_runs_what_it_reads() -> None:
    found = []
    for path, node in nodes():
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found += [f"{path}:{node.lineno}: import {n}" for n in names if n.partition(".")[0] in FORBIDDEN_IMPORTS]  # type: ignore[attr-defined]
    # One module asks the C library that is loaded already to keep less memory: one function by a fixed name, see the next test.
    assert [f for f in found if not f.startswith("pipeline/io/memory.py:")] == [] and [f for f in found if not f.endswith("import ctypes")] == []


def test_the_c_library_is_asked_for_one_function_by_a_fixed_name() -> None:
    source = (ROOT / "pipeline/io/memory.py").read_text(encoding="utf-8")
    used = [ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and "ctypes" in ast.unparse(node.func)]
    assert used == ["ctypes.CDLL(None)"] and "'mallopt'" in ast.unparse(ast.parse(source)) and "def give_back() -> None" in source


def test_no_call_that_runs_text() -> None:
    found = []
    for path, node in nodes():
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            found.append(f"{path}:{node.lineno}: {node.func.id}")
        if isinstance(node.func, ast.Attribute):
            of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            if (node.func.attr in FORBIDDEN_ATTRIBUTES or node.func.attr in FORBIDDEN_CALLS - {"compile"}) and not of_re:
                found.append(f"{path}:{node.lineno}: .{node.func.attr}")
        found += [f"{path}:{node.lineno}: {k.arg}" for k in node.keywords if k.arg in ("shell", "allow_pickle") and not (isinstance(k.value, ast.Constant) and k.value.value is False)]
    assert found == []


def test_yaml_is_read_in_one_place_by_a_safe_loader() -> None:
    loads = [(path, node) for path, node in nodes() if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("yaml.")]
    assert {(path, ast.unparse(node)) for path, node in loads} == {("pipeline/config/town.py", "yaml.load(text, Loader=_Loader)"), ("pipeline/config/town.py", "yaml.parse(text, Loader=_Loader)")}
    assert "_Loader: Any = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)" in ast.unparse(ast.parse((ROOT / "pipeline/config/town.py").read_text(encoding="utf-8")))


def test_templates_escape_and_nothing_is_marked_safe_in_them() -> None:
    for _, node in nodes():
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Environment":
            assert any(k.arg == "autoescape" and isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords)
    for path in sorted((ROOT / "pipeline/maps/templates").rglob("*.html")):
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text(encoding="utf-8")), path


def test_markup_is_built_from_constants_only() -> None:
    """`Markup(x)` of a value would let names from data through; `Markup("...").format(x)` escapes them."""
    found = []
    for path, node in nodes():
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Markup":
            found += [f"{path}:{node.lineno}: {ast.unparse(node)[:80]}" for a in node.args if not (isinstance(a, ast.Constant) or _constants_joined(a))]
    assert [f for f in found if not f.startswith("pipeline/maps/layers.py")] == []
    # Our page frame around folium's map, whose templates escape and whose scripts take values through tojson.
    assert len([f for f in found if f.startswith("pipeline/maps/layers.py")]) == 3


def _constants_joined(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) and all(isinstance(v, ast.Constant) for v in node.values)


# -- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["..", ".", "../carmiano", "a/b", "a\\b", "Carmiano", "", "a b", "-rf", ".hidden", "c:", "a\x00b", "x" * 60, "caffè", "a\n"])
def test_a_town_is_no_path(name: str, tmp_path: Path) -> None:
    assert not TOWN_NAME.fullmatch(name)
    if "\x00" not in name and "/" not in name:
        with pytest.raises(ConfigError):
            make_plan(Place(tmp_path, tmp_path / "processed" / name if name not in ("", ".") else tmp_path / "P", tmp_path / "site"), with_recipes=False)


@pytest.mark.parametrize("path", ["../secret.gml", "/etc/passwd", "synthetic/../../secret.gml", "/vsicurl/http://127.0.0.1/a"])
def test_a_generated_layer_lies_below_its_folder(path: str, tmp_path: Path) -> None:
    (tmp_path / "town.yaml").write_text(f"name: X\nepsg: 25833\nsources:\n  parcels:\n    - {{kind: ade_gml, path: {path!r}, synthetic: true}}\n", encoding="utf-8")
    with pytest.raises(InputError, match="lies below synthetic/"):
        make_plan(Place(tmp_path, tmp_path / "processed" / "x", tmp_path / "site"), with_recipes=False)


@pytest.mark.parametrize("path", ["/vsicurl/http://127.0.0.1/a.gml", "/vsizip//etc/x.zip", "/vsistdin/", "PG:host=localhost", "WFS:http://127.0.0.1/"])
def test_addresses_of_the_library_are_no_files(path: str, tmp_path: Path) -> None:
    (tmp_path / "town.yaml").write_text(f"name: X\nepsg: 25833\nsources:\n  boundary:\n    - {{kind: vector, path: {path!r}}}\n", encoding="utf-8")
    with pytest.raises(InputError, match="no file"):
        make_plan(Place(tmp_path, tmp_path / "processed" / "x", tmp_path / "site"), with_recipes=False)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a; DROP TABLE a", "/vsicurl/http://127.0.0.1/", "a\" OR \"1\"=\"1"])
def test_a_layer_is_looked_up_by_name_only(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no layer"):
        read("buildings", layer(tmp_path / "a.gpkg", [square()]), layer=name)


HOSTILE = ["../../../etc/passwd", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\x00b"[:1] + "\u202e", "'; DROP TABLE buildings; --", "x" * 5000]


def test_identifiers_are_text_and_nothing_else(tmp_path: Path) -> None:
    shapes = [square(n * 40.0) for n in range(len(HOSTILE))]
    before = set(tmp_path.parent.rglob("*"))
    made = read("buildings", layer(tmp_path / "a.gpkg", shapes, NAME=HOSTILE), fields={"building_id": "NAME"})
    assert set(made["building_id"]) == set(HOSTILE)
    assert set(tmp_path.parent.rglob("*")) - before <= {tmp_path / "a.gpkg"}


def test_names_and_codes_of_a_town_are_held_to_their_letters() -> None:
    for bad in ("<b>X</b>", "a\nb", "", "x" * 81):
        with pytest.raises(ValueError, match="name"):
            Town(name=bad, epsg=25833)
    with pytest.raises(ValueError, match="code"):
        Town(name="X", epsg=25833, code="../x")
    assert Sources() == Town(name="X", epsg=25833).sources


# -- files that name other files ------------------------------------------------------------------------------------


def pointer(target: str) -> str:
    return f'<!-- a --><OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{target}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


@pytest.mark.parametrize("name", ["a.gml", "a.geojson", "a.gpkg", "a.vrt", "a.kml", "a.osm", "a.bin", "a.zip"])
def test_a_virtual_layer_does_not_open_another_file(name: str, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    path = text(tmp_path / name, pointer(str(layer(other / "secret.gpkg", [square()]))))
    if name == "a.zip":
        inner = path.read_bytes()
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("b.txt", inner)
    with pytest.raises(SoleSuoloError, match="names other files"):
        read("buildings", path, kind="osm" if name == "a.osm" else "vector")
    said = probe("buildings", Layer(Source(kind="vector"), (path,)), 25833)
    assert len(said) == 1 and "names other files" in said[0]


@pytest.mark.parametrize(
    "content",
    [
        '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/x.gpkg ! filter --where 1"}',
        "<OGRWFSDataSource><URL>http://127.0.0.1/</URL></OGRWFSDataSource>",
        "<GDAL_WMS><Service><ServerUrl>http://127.0.0.1/</ServerUrl></Service></GDAL_WMS>",
        "<VRTDataset rasterXSize='1' rasterYSize='1'/>",
    ],
    ids=["a command", "a service", "a picture service", "a virtual raster"],
)
def test_commands_and_services_are_not_followed(content: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="names other files"):
        read("streets", text(tmp_path / "a.geojson", content))


def test_a_virtual_raster_is_no_elevation(tmp_path: Path) -> None:
    from pipeline.io.tiles import open_tile

    path = text(tmp_path / "a.tif", f"<VRTDataset rasterXSize='1' rasterYSize='1'><VRTRasterBand><SimpleSource><SourceFilename>{tmp_path}/b.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>")
    with pytest.raises(InputError, match="cannot be read as a raster"):
        open_tile(path, Source(kind="dsm"))
