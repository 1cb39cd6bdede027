"""The next edition made ahead, when many incidents were approved, so that publishing need not make their rows.

It lies beside the editions, never among them, and is private like the ledger. That it was made says nothing of what may
be published: publishing asks the ledger again, and makes anew what is not as it was.
"""

from sqlalchemy import Engine

from incidents import clock, publications
from incidents.composing import Words, describe, write
from incidents.database import snapshot
from incidents.editions import shelf
from incidents.editions.reader import EditionStore
from incidents.planned import keep_plan
from incidents.preparing import prepare
from incidents.surroundings import ShippedWorld
from incidents.taxonomy import Taxonomy


def make_ahead(engine: Engine, store: EditionStore, taxonomy: Taxonomy, *, address: str, least: int) -> int:
    """Make the next edition without publishing it; give how many rows were made.

    least: below so many rows nothing is made, since publishing is as quick. Raises AlreadyPublishing.
    """
    world = ShippedWorld()
    with publications.alone(engine, store.root), snapshot(engine) as session:
        shelf.drop_ahead(store.root)
        before = store.newest()
        now = clock.now()
        plan = prepare(session, before, taxonomy, world, today=now.date())
        try:
            if len(plan.make) < least:
                return 0
            number = publications.next_number(session, store.names())
            about = describe(session, str(number), now, Words(address=address), heeded=0)
            making = shelf.room_ahead(store.root)
            write(session, making, about, plan, before=before, world=world, taxonomy=taxonomy)
            keep_plan(session, making, taxonomy, today=now.date())
        except BaseException:
            shelf.drop_ahead(store.root)
            raise
        finally:
            plan.close()
        shelf.put_ahead(store.root, number, before)
    return len(plan.make)
