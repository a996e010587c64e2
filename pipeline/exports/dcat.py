"""DCAT-AP_IT metadata for the national catalogue dati.gov.it, as Turtle and as JSON-LD.

What the profile obliges to say (AgID, Linee guida per i cataloghi dati, 2020, and the ontology http://dati.gov.it/onto/dcatapit 2.0):
of the catalogue title, description, publisher, modified, dataset; of a dataset identifier, title, description, modified, theme, rights holder, frequency, and a
distribution where data are open; of a distribution format, access address, licence; of an agent identifier (the code of the Indice PA) and name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.exports.licences import ADMS
from pipeline.exports.products import KINDS, Product, Publisher
from pipeline.exports.words import ABOUT
from pipeline.io.sidecar import write_text

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#", "dcatapit": "http://dati.gov.it/onto/dcatapit#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#", "locn": "http://www.w3.org/ns/locn#", "gsp": "http://www.opengis.net/ont/geosparql#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
EU = "http://publications.europa.eu/resource/authority"
LANGUAGES = (f"{EU}/language/ITA", f"{EU}/language/ENG")
# A word of RDF: ("iri", address), ("text", words, language) or ("typed", words, datatype); a statement: property and words; a node: address, classes, statements.
Word = tuple[str, ...]
Node = tuple[str, list[str], list[tuple[str, list[Word]]]]


def write_dcat(out: Path, products: list[Product], publisher: Publisher) -> None:
    """Write catalogo.ttl and catalogo.jsonld below `out`/dcat; both say the same.

    Parameters
    ----------
    out
        Folder of the exports.
    products
        Each becomes a dataset, each of its files a distribution.
    publisher
        Placeholders in it stay visible, see LEGGIMI.txt of the exports.
    """
    nodes = [*_catalogue(products, publisher), *(n for p in products for n in _dataset(p, publisher))]
    (out / "dcat").mkdir()
    write_text(out / "dcat" / "catalogo.ttl", turtle(nodes))
    write_text(out / "dcat" / "catalogo.jsonld", jsonld(nodes))


def _iri(text: str) -> Word:
    return "iri", text


def _both(italian: str, english: str) -> list[Word]:
    return [("text", italian, "it"), ("text", english, "en")]


def _at(publisher: Publisher, name: str) -> str:
    return f"{publisher.address}#{name}"


def _modified(publisher: Publisher) -> list[Word]:
    return [("typed", publisher.modified, "xsd:date")]


def _catalogue(products: list[Product], publisher: Publisher) -> list[Node]:
    agent, contact = _at(publisher, "ente"), _at(publisher, "contatto")
    west, south, east, north = products[0].box
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    outline = f"POLYGON(({', '.join(f'{x:.6f} {y:.6f}' for x, y in corners)}))"
    known = {p.licence.address: p.licence for p in products}
    licences: list[Node] = [(a, ["dcatapit:LicenseDocument", "dct:LicenseDocument"], [("foaf:name", [("text", y.name, "it")]), ("dct:type", [_iri(ADMS + y.kind)])]) for a, y in known.items()]
    return [
        (_at(publisher, "catalogo"), ["dcatapit:Catalog", "dcat:Catalog"], [
            ("dct:title", _both(f"Sole e Suolo: dati di {publisher.town}", f"Sole e Suolo: data of {publisher.town}")),
            ("dct:description", _both(ABOUT.it.format(town=publisher.town), ABOUT.en.format(town=publisher.town))),
            ("dct:publisher", [_iri(agent)]), ("dct:modified", _modified(publisher)), ("dct:language", [_iri(v) for v in LANGUAGES]),
            ("dcat:themeTaxonomy", [_iri(f"{EU}/data-theme")]), ("foaf:homepage", [_iri(publisher.address)]),
            ("dcat:dataset", [_iri(_at(publisher, p.name)) for p in products]),
        ]),
        (agent, ["dcatapit:Agent", "foaf:Agent"], [("dct:identifier", [("text", publisher.ipa_code, "")]), ("foaf:name", [("text", publisher.name, "it")])]),
        (contact, ["dcatapit:Organization", "vcard:Organization", "vcard:Kind"], [("vcard:fn", [("text", publisher.name, "it")]), ("vcard:hasEmail", [_iri(f"mailto:{publisher.email}")])]),
        (_at(publisher, "luogo"), ["dct:Location"], [("locn:geographicName", [("text", publisher.town, "it")]), ("locn:geometry", [("typed", outline, "gsp:wktLiteral")])]),
        (publisher.address, ["foaf:Document"], []),
        *licences,
    ]  # fmt: skip


def _dataset(product: Product, publisher: Publisher) -> list[Node]:
    own, agent = _at(publisher, product.name), _at(publisher, "ente")
    files = {f: _at(publisher, f"{product.name}-{KINDS[f.suffix].file_type.lower()}") for f in product.files}
    dataset: Node = (own, ["dcatapit:Dataset", "dcat:Dataset"], [
        ("dct:identifier", [("text", f"{publisher.ipa_code}:{publisher.slug}-{product.name}", "")]),
        ("dct:title", _both(f"{product.title.it} – {publisher.town}", f"{product.title.en} – {publisher.town}")),
        ("dct:description", _both(*product.about)), ("dct:modified", _modified(publisher)), ("dcat:theme", [_iri(f"{EU}/data-theme/{product.theme}")]),
        ("dct:rightsHolder", [_iri(agent)]), ("dct:publisher", [_iri(agent)]), ("dct:creator", [_iri(agent)]),
        ("dct:accrualPeriodicity", [_iri(f"{EU}/frequency/{publisher.frequency}")]), ("dct:language", [_iri(v) for v in LANGUAGES]),
        ("dct:spatial", [_iri(_at(publisher, "luogo"))]), ("dcat:contactPoint", [_iri(_at(publisher, "contatto"))]), ("dcat:landingPage", [_iri(publisher.address)]),
        ("dcat:keyword", [("text", w, "it") for w in (["dati dimostrativi"] if product.generated else []) + ["fotovoltaico", "consumo di suolo", "verde urbano"]]),
        ("dcat:distribution", [_iri(v) for v in files.values()]),
    ])  # fmt: skip
    return [dataset, *(_distribution(f, address, product, publisher) for f, address in files.items())]


def _distribution(file: Path, address: str, product: Product, publisher: Publisher) -> Node:
    kind = KINDS[file.suffix]
    return (address, ["dcatapit:Distribution", "dcat:Distribution"], [
        ("dct:title", _both(f"{product.title.it} ({kind.words})", f"{product.title.en} ({kind.words})")), ("dct:description", _both(*product.about)),
        ("dct:format", [_iri(f"{EU}/file-type/{kind.file_type}")]), ("dcat:accessURL", [_iri(publisher.address)]), ("dcat:downloadURL", [_iri(publisher.address + file.as_posix())]),
        ("dct:license", [_iri(product.licence.address)]), ("dct:modified", _modified(publisher)),
    ])  # fmt: skip


def turtle(nodes: list[Node]) -> str:
    """The nodes as Turtle (W3C, RDF 1.1 Turtle)."""
    lines = [f"@prefix {k}: <{v}> ." for k, v in PREFIXES.items()]
    for address, classes, statements in nodes:
        said = [f"  a {', '.join(classes)}", *(f"  {name} {', '.join(map(_turtle_word, words))}" for name, words in statements)]
        lines += ["", f"<{address}>", " ;\n".join(said) + " ."]
    return "\n".join(lines) + "\n"


def _turtle_word(word: Word) -> str:
    if word[0] == "iri":
        return f"<{word[1]}>"
    text = json.dumps(word[1], ensure_ascii=False)  # the escapes of JSON are those of Turtle
    if word[0] == "typed":
        return f"{text}^^{word[2]}"
    return f"{text}@{word[2]}" if word[2] else text


def jsonld(nodes: list[Node]) -> str:
    """The nodes as JSON-LD 1.1."""

    def value(word: Word) -> Any:
        if word[0] == "iri":
            return {"@id": word[1]}
        if word[0] == "typed":
            return {"@value": word[1], "@type": word[2]}
        return {"@value": word[1], "@language": word[2]} if word[2] else word[1]

    graph = [{"@id": a, "@type": classes} | {name: [value(w) for w in words] for name, words in statements} for a, classes, statements in nodes]
    return json.dumps({"@context": PREFIXES, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"
