"""Words of the exports in both languages."""

from __future__ import annotations

from pipeline.maps.phrases_register import REGISTER
from pipeline.maps.text import Phrase

KINDS_OF: dict[str, Phrase] = {
    "object": Phrase("volume sul tetto", "thing on the roof"),
    "pit": Phrase("cavedio", "pit"),
    "rim": Phrase("parapetto", "raised rim"),
    "coplanar": Phrase("complanari alla falda", "parallel to the roof"),
    "rack": Phrase("su telai", "on racks"),
    "east_west": Phrase("su telai est e ovest", "on east-west racks"),
    "building_not_in_surface": Phrase("edificio che il modello non mostra", "building the surface does not show"),
    "surface_without_building": Phrase("volume senza edificio in mappa", "thing without a footprint"),
    "taken": Phrase("nuovo consumo di suolo", "newly consumed soil"),
    "restored": Phrase("suolo ripristinato", "restored soil"),
    "potential": Phrase("possibile", "possible"),
    **{key.partition(".")[2]: Phrase(*said) for key, said in REGISTER.items() if key.startswith(("status.", "report."))},
    "road": Phrase("strade", "roads"),
    "water": Phrase("acque", "waters"),
}
NO_CLASS: dict[str, Phrase] = {
    "": Phrase("non noto", "not known"),
    "buildings": Phrase("senza moduli", "no modules"),
    "roofs": Phrase("senza dato", "no figure"),
}
LEGENDS: dict[str, Phrase] = {
    "town": Phrase("Comune", "Town"),
    "boundary": Phrase("Confine comunale", "Municipal boundary"),
    "streets": Phrase("Vie", "Streets"),
}
COVER: dict[int, Phrase] = {
    1: Phrase("edifici", "buildings"),
    2: Phrase("altro suolo sigillato", "other sealed ground"),
    3: Phrase("suolo nudo o aperto", "bare or open ground"),
    4: Phrase("vegetazione bassa", "low vegetation"),
    5: Phrase("alberi", "trees"),
    6: Phrase("acqua", "water"),
}
DEMONSTRATION = Phrase("dati dimostrativi: generati, non rilevati", "demonstration data: generated, not surveyed")
DEMONSTRATION_SHORT = Phrase("dati dimostrativi", "demonstration data")
ABOUT = Phrase(
    "Dati del comune di {town} su sole (fotovoltaico sui tetti), suolo sigillato e verde, prodotti da Sole e Suolo.",
    "Data of the town of {town} on sun (photovoltaics on roofs), sealed soil and green, made by Sole e Suolo.",
)
CSV_NOTE = Phrase(
    "Testo UTF-8, colonne separate da punto e virgola, virgola decimale, una cella vuota è un dato mancante, sì/no per vero/falso. Aperto in Excel con un doppio clic, un "
    "identificativo di sole cifre perde gli zeri iniziali: per non perderli si usi il foglio di calcolo (.xlsx) o Dati > Da testo. Un testo che comincia come una formula ha un apostrofo davanti.",
    "UTF-8 text, semicolons between columns, decimal commas, an empty cell is a missing value, sì/no for yes/no. Opened in Excel by double click, an identifier of digits only "
    "loses its leading zeros: use the workbook (.xlsx) or Data > From text to keep them. A text that begins like a formula has an apostrophe before it.",
)
README = """\
Sole e Suolo: {town}
{notice}

COME SI APRE / HOW TO OPEN
  {slug}.gpkg     trascinarlo in QGIS: gli strati si aprono colorati, con etichette e nomi dei campi in italiano; Proprietà > Stile > Carica stile > English per l'inglese
                  drag it into QGIS: layers open coloured and labelled; Properties > Style > Load style > English for English names
  {slug}.xlsx     foglio di calcolo con significato delle colonne e fonti / workbook with the meaning of columns and the sources
  csv/            tabelle per Excel in italiano, ognuna con il suo testo / tables for Excel in Italian, each with its text
  geoparquet/     le stesse tabelle per Python, R, DuckDB / the same tables for Python, R, DuckDB
  cog/            raster con panoramiche; il .qml accanto è lo stile di QGIS / rasters with overviews; the .qml beside is QGIS's style
  stac/catalog.json, dcat/catalogo.ttl, dcat/catalogo.jsonld    cataloghi / catalogues
  LICENZE.txt     licenze e attribuzioni / licences and attributions

DA COMPLETARE in town.yaml, prima di pubblicare su dati.gov.it / TO COMPLETE in town.yaml before publishing
{missing}

NON INCLUSO / LEFT OUT
{left_out}

FILE
{files}
"""
