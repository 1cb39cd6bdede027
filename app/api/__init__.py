"""The API: an edition's features by OGC API - Features, and counts, taxonomy and regions for programs that want less.

It knows no ledger, no person and no secret; it sets no cookie. Whatever it says is in an edition.
"""

from app.api import descriptions, features, figures

BLUEPRINTS = (descriptions.descriptions, features.features, figures.figures)
