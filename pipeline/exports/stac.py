"""A STAC catalogue (SpatioTemporal Asset Catalog 1.1.0): plain JSON with relative links only, so that it can be moved as a folder.

Core fields only: an extension is checked against a schema on the internet, and the catalogue must be checkable without.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.exports.licences import rights
from pipeline.exports.products import KINDS, Product, Publisher
from pipeline.exports.words import ABOUT
from pipeline.io.sidecar import write_json

VERSION = "1.1.0"  # https://github.com/radiantearth/stac-spec/tree/v1.1.0
COLLECTION = "sole-e-suolo"


def write_stac(out: Path, products: list[Product], publisher: Publisher, version: str) -> None:
    """Write catalog.json, a collection, and an item for each product, below `out`/stac.

    Parameters
    ----------
    out
        Folder of the exports.
    products
        Entries; their files lie below `out`.
    publisher
        Named as the provider.
    version
        Of this program.
    """
    folder = out / "stac"
    (folder / COLLECTION).mkdir(parents=True)
    title = f"Sole e Suolo: {publisher.town}"
    about = f"{ABOUT.it.format(town=publisher.town)} {ABOUT.en.format(town=publisher.town)}"
    root = {"stac_version": VERSION, "type": "Catalog", "id": publisher.slug, "title": title, "description": about}
    write_json(folder / "catalog.json", root | {"links": [_link("root", "./catalog.json"), _link("child", f"./{COLLECTION}/collection.json", title=title)]})
    write_json(folder / COLLECTION / "collection.json", _collection(products, publisher, version, title, about))
    for product in products:
        write_json(folder / COLLECTION / f"{product.name}.json", _item(product, publisher))


def _link(rel: str, href: str, **more: str) -> dict[str, str]:
    return {"rel": rel, "href": href, "type": "application/geo+json" if rel == "item" else "application/json"} | more


def _collection(products: list[Product], publisher: Publisher, version: str, title: str, about: str) -> dict[str, Any]:
    west, south, east, north = zip(*(p.box for p in products), strict=True)
    said = sorted({r for p in products for r in rights(p.sources)})
    licences = {p.licence.spdx for p in products}
    links = [_link("root", "../catalog.json"), _link("parent", "../catalog.json"), *(_link("item", f"./{p.name}.json", title=p.title.it) for p in products)]
    licence = [{"rel": "license", "href": p.address, "title": p.name} for p in {p.licence.name: p.licence for p in products}.values()]
    return {
        "stac_version": VERSION, "type": "Collection", "id": COLLECTION, "title": title, "description": f"{about} Fonti / sources: {'; '.join(said)}",
        "license": licences.pop() if len(licences) == 1 else "other",
        "providers": [{"name": publisher.name, "roles": ["producer", "host", "licensor"]}, {"name": f"Sole e Suolo {version}", "roles": ["processor"]}],
        "extent": {"spatial": {"bbox": [[min(west), min(south), max(east), max(north)]]}, "temporal": {"interval": [[_moment(publisher), None]]}},
        "links": [*links, *licence],
    }  # fmt: skip


def _moment(publisher: Publisher) -> str:
    return f"{publisher.modified}T00:00:00Z"


def _item(product: Product, publisher: Publisher) -> dict[str, Any]:
    west, south, east, north = product.box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    properties = {
        "datetime": _moment(publisher), "title": product.title.it, "description": f"{product.about.it} / {product.about.en}", "license": product.licence.spdx,
        "providers": [{"name": publisher.name, "roles": ["producer", "host"]}, *({"name": r, "roles": ["licensor"]} for r in rights(product.sources))],
        "keywords": ["dati dimostrativi", "demonstration data"] if product.generated else ["sole", "suolo", "verde"],
    }  # fmt: skip
    return {
        "type": "Feature", "stac_version": VERSION, "stac_extensions": [], "id": product.name, "collection": COLLECTION, "bbox": [west, south, east, north],
        "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": properties,
        "links": [_link("root", "../catalog.json"), _link("parent", "./collection.json"), _link("collection", "./collection.json"), {"rel": "license", "href": product.licence.address, "title": product.licence.name}],
        "assets": {KINDS[f.suffix].file_type.lower(): _asset(f, product) for f in product.files},
    }  # fmt: skip


def _asset(file: Path, product: Product) -> dict[str, Any]:
    kind = KINDS[file.suffix]
    asset: dict[str, Any] = {"href": f"../../{file.as_posix()}", "type": kind.media, "title": f"{product.title.it} ({kind.words})", "roles": ["data"]}
    return asset | ({"bands": list(product.bands)} if product.bands and file.suffix == ".tif" else {})
