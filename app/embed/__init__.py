"""The embed: the map for other people's pages, framed by whoever likes.

It knows no ledger and no person; it sets no cookie, and its frame may have no origin at all.
"""

from app.embed.routes import embed

BLUEPRINTS = (embed,)
