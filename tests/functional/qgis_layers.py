"""Opens a service's collections, or a file's layers, with QGIS and prints what it finds. Run by QGIS's own Python.

It is a program of its own: QGIS brings its own libraries, which no other test may load.
"""

import json
import sys

from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer


def open_layer(source, name):
    if source.startswith("http"):
        layer = QgsVectorLayer(f"url='{source}' typename='{name}' pageSize='20'", name, "OAPIF")
    else:
        layer = QgsVectorLayer(f"{source}|layername={name}", name, "ogr")
    shown = layer.isValid() and list(layer.getFeatures())
    return {
        "valid": layer.isValid(),
        "count": layer.featureCount(),
        "features": len(shown or ()),
        "shown": sum(feature.hasGeometry() for feature in shown or ()),
        "crs": layer.crs().authid(),
        "fields": [field.name() for field in layer.fields()],
    }


def main():
    source = sys.argv[1]
    application = QgsApplication([], False)
    application.initQgis()
    found = {name: open_layer(source, name) for name in sys.argv[2:]}
    if source.startswith("http"):
        layer = QgsVectorLayer(f"url='{source}' typename='incidents' restrictToRequestBBOX='1'", "box", "OAPIF")
        box = QgsFeatureRequest().setFilterRect(QgsRectangle(94, 20, 97, 27))
        found["box"] = sum(1 for _ in layer.getFeatures(box))
        del layer
    print(json.dumps(found))
    application.exitQgis()


main()
