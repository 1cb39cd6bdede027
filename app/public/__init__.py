"""The public door: map, table, incident pages and data, from an edition and nothing else.

It knows no ledger, no person and no secret; it sets no cookie.
"""

from app.public.data import data
from app.public.files import files
from app.public.pages import pages

BLUEPRINTS = (pages, data, files)
