"""Open layers with QGIS's own Python, take the style QGIS finds for each, draw them into one picture, and say what was seen as JSON.

Run by a Python that has QGIS (Debian: python3-qgis): qgis_look.py <package.gpkg> <picture.png> <layer,layer.tif,...> <west,south,east,north>;
the first layer lies on top.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def seen(layer: Any, found: bool) -> dict[str, Any]:
    """What QGIS knows of a layer."""
    out = {"valid": layer.isValid(), "style": found, "title": layer.metadata().title(), "licences": layer.metadata().licenses(), "rights": layer.metadata().rights()}
    renderer = layer.renderer()
    if hasattr(layer, "fields"):
        out |= {"rows": layer.featureCount(), "labelled": layer.labelsEnabled(), "aliases": {f.name(): layer.attributeAlias(i) for i, f in enumerate(layer.fields())}}
        if renderer:
            out |= {"renderer": renderer.type(), "legend": [item.label() for item in renderer.legendSymbolItems()]}
    else:
        out |= {"renderer": renderer.type(), "legend": [label for label, _ in renderer.legendSymbologyItems()]}
    return out


def main(package: str, picture: str, names: str, box: str) -> None:
    from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsRasterLayer, QgsRectangle, QgsVectorLayer
    from qgis.PyQt.QtCore import QSize
    from qgis.PyQt.QtGui import QColor

    application = QgsApplication([], False)
    application.initQgis()
    drawn, told = [], {}
    for name in names.split(","):
        layer = QgsRasterLayer(name, name) if name.endswith(".tif") else QgsVectorLayer(f"{package}|layername={name}", name, "ogr")
        _, found = layer.loadDefaultStyle()
        told[Path(name).name] = seen(layer, bool(found))
        if layer.isSpatial():
            drawn.append(layer)
    settings = QgsMapSettings()
    settings.setLayers(drawn)
    settings.setDestinationCrs(drawn[0].crs())
    settings.setExtent(QgsRectangle(*(float(v) for v in box.split(","))))
    settings.setOutputSize(QSize(1200, 900))
    settings.setOutputDpi(96)
    settings.setBackgroundColor(QColor("#efeae0"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(picture)
    print(json.dumps({"scale": settings.scale(), "errors": [e.message for e in job.errors()], "layers": told}), flush=True)
    os._exit(0)  # QGIS 3.22 falls over its own feet when it is taken down without a window


if __name__ == "__main__":
    main(*sys.argv[1:])
