"""The public door: maps, table, incident pages and data, from an edition and nothing else.

It knows no ledger, no person and no secret; it sets no cookie.
"""

from app.public import aircraft, charts, data, downloads, editions, feeds, files, maps, oembed, pages, pictures, regions

BLUEPRINTS = (
    pages.pages,
    maps.maps,
    oembed.oembed,
    regions.regions,
    aircraft.aircraft,
    data.data,
    downloads.downloads,
    editions.editions,
    feeds.feeds,
    charts.charts,
    pictures.pictures,
    files.files,
)
