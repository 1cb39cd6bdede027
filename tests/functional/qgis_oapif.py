"""Opens collections with QGIS's OAPIF provider and prints what it finds. Run by the Python that QGIS is made for.

It is a program of its own: QGIS brings its own libraries, which no other test may load.
"""

import json
import sys

from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer


def open_layer(address, name):
    layer = QgsVectorLayer(f"url='{address}' typename='{name}' pageSize='20'", name, "OAPIF")
    shown = layer.isValid() and list(layer.getFeatures())
    return {
        "valid": layer.isValid(),
        "count": layer.featureCount(),
        "features": len(shown or ()),
        "points": sum(feature.hasGeometry() for feature in shown or ()),
        "crs": layer.crs().authid(),
        "fields": [field.name() for field in layer.fields()],
    }


def main():
    address = sys.argv[1]
    application = QgsApplication([], False)
    application.initQgis()
    found = {name: open_layer(address, name) for name in sys.argv[2:]}
    layer = QgsVectorLayer(f"url='{address}' typename='incidents' restrictToRequestBBOX='1'", "box", "OAPIF")
    box = QgsFeatureRequest().setFilterRect(QgsRectangle(94, 20, 97, 27))
    found["box"] = sum(1 for _ in layer.getFeatures(box))
    print(json.dumps(found))
    del layer
    application.exitQgis()


main()
