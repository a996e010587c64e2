"""What a GeoPackage tells of its layers beside their rows: meaning of columns, metadata, styles.

Three extensions of the standard (OGC 12-128r18, annex F.8 and F.9) and one habit of QGIS, the table `layer_styles`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipeline.contracts.labels import labels
from pipeline.contracts.spec import TableSpec
from pipeline.errors import ContractError

SCHEMA = ("gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema")
METADATA = ("gpkg_metadata", "http://www.geopackage.org/spec121/#extension_metadata")
# The document type by which QGIS knows its own layer metadata and shows them among the layer's properties.
QGIS_METADATA = "http://mrcc.com/qgis.dtd"
FIXED_TIME = "2000-01-01T00:00:00.000Z"
GEOMETRY_COLUMN = "geom"  # as GDAL calls it
STYLE_NAME = 30  # characters, as QGIS declares the column


@dataclass(frozen=True)
class Style:
    """A QGIS style of a layer: its name, the QML text, and whether QGIS takes it by itself."""

    layer: str
    geometry_column: str
    name: str
    qml: str
    default: bool
    description: str = ""


def describe_columns(path: Path, specs: dict[str, type[TableSpec]]) -> None:
    """Alias (Italian), title (English) and the whole meaning of every column, by the schema extension.

    Parameters
    ----------
    path
        The GeoPackage.
    specs
        Contract of each layer. QGIS 3.22 takes its aliases from the styles and not from here.
    """
    rows = []
    for layer, spec in specs.items():
        italian, english = labels(spec, "it"), labels(spec, "en")
        for name, column in spec.columns().items():
            text = f"{column.it} / {column.en}" + (f" [{column.unit}]" if column.unit else "")
            rows.append((layer, name, italian[name], english[name], text))
    with closing(sqlite3.connect(path)) as base:
        base.execute(
            "CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, "
            "description TEXT, mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), "
            "CONSTRAINT gdc_tn UNIQUE (table_name, name))"
        )
        base.executemany("INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) VALUES (?, ?, ?, ?, ?)", rows)
        # The standard wants the table of constraints beside it, even without any.
        base.execute(
            "CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, "
            "min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT, "
            "CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))"
        )
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
            _extension(base, table, SCHEMA)
        base.commit()


def add_metadata(path: Path, documents: dict[str, str], standard: str = QGIS_METADATA) -> None:
    """One metadata document for each layer.

    Parameters
    ----------
    path
        The GeoPackage.
    documents
        Layer -> XML text.
    standard
        Address of the standard the documents keep.
    """
    with closing(sqlite3.connect(path)) as base:
        base.execute(
            "CREATE TABLE IF NOT EXISTS gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset', "
            "md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '')"
        )
        base.execute(
            "CREATE TABLE IF NOT EXISTS gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER, "
            "timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL, md_parent_id INTEGER, "
            "CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id), CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))"
        )
        for layer, text in documents.items():
            row = base.execute("INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) VALUES ('dataset', ?, 'text/xml', ?)", (standard, text)).lastrowid
            base.execute("INSERT INTO gpkg_metadata_reference (reference_scope, table_name, timestamp, md_file_id) VALUES ('table', ?, ?, ?)", (layer, FIXED_TIME, row))
        for table in ("gpkg_metadata", "gpkg_metadata_reference"):
            _extension(base, table, METADATA)
        base.commit()


def add_styles(path: Path, styles: Iterable[Style]) -> None:
    """The table `layer_styles`, from which QGIS takes the look of a layer when it is opened."""
    with closing(sqlite3.connect(path)) as base:
        base.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), "
            "f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), "
            "update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"
        )
        base.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time) "
            "VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', ?)",
            [(s.layer, s.geometry_column, s.name[:STYLE_NAME], s.qml, s.default, s.description, FIXED_TIME) for s in styles],
        )
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) VALUES ('layer_styles', 'attributes', 'layer_styles', 'QGIS', ?, 0)",
            (FIXED_TIME,),
        )
        base.commit()


def _extension(base: sqlite3.Connection, table: str, extension: tuple[str, str]) -> None:
    base.execute(
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, "
        "definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"
    )
    there = base.execute("SELECT 1 FROM gpkg_extensions WHERE table_name = ? AND extension_name = ?", (table, extension[0])).fetchone()
    if there is None:
        base.execute("INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')", (table, *extension))


def rows_of(path: Path) -> dict[str, int]:
    """Layers of a GeoPackage and their rows, without opening any of them."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
            return dict(base.execute("SELECT table_name, feature_count FROM gpkg_ogr_contents").fetchall())
    except sqlite3.Error as error:
        raise ContractError(f"{path}: cannot be read as a GeoPackage ({error}); run make again, it rebuilds the file") from None
