"""The public door: map, table, incident pages and data, from an edition and nothing else.

It knows no ledger, no person and no secret; it sets no cookie.
"""

from app.public import data, files, pages, pictures

BLUEPRINTS = (pages.pages, data.data, files.files, pictures.pictures)
