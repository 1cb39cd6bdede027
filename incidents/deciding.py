"""Which incidents publishing must decide on anew, where an edition shows what was decided of all others.

An edition is the record of what was decided: its rows tell from what each was made, and its manifest how long the
history was then. Of an incident that nothing was said of since, that nothing restricts, and whose dataset says what it
said, nothing else can be decided now. Where any of this is in doubt, all are decided on. It decides on none itself.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from incidents import history
from incidents.approved import count_left, in_blocks
from incidents.editions.older import OlderEdition
from incidents.models import Dataset, Incident, Revision
from incidents.models.history import ERASED
from incidents.models.incidents import RESTRICTED

_BLOCK = 1_000
_STEP = 100
# When so large a part of all is to be decided on, deciding on all is as quick.
_MOST = 0.3


@dataclass(frozen=True, slots=True)
class Anew:
    """What is to be decided on anew: incidents by their keys, rising. kept: the rows of the edition that are others'.

    samples: keys among them of incidents that nothing happened to, one of each dataset. Those of one dataset are made
    from what they were made from then if this one is; otherwise all must be decided on.
    """

    keys: NDArray[np.int64]
    kept: NDArray[np.bool_]
    samples: frozenset[int]


def find_anew(session: Session, older: OlderEdition) -> Anew | None:
    """Find what to decide on anew, where all else stands in an edition as it must; None where all is to be decided on.

    That the edition shows everything else is counted, too: what was let out without the history saying so is missed.
    """
    about = older.manifest
    # An amended edition was not decided on when it was amended; only restrictions were heeded then.
    if not about.counted_at or not history.was_head(session, (about.history_head, about.history_length)):
        return None
    touched = np.unique(np.fromiter(_touched(session, older, about.counted_at), np.int64))
    total = session.scalars(select(func.count()).select_from(Incident)).one()
    if len(touched) > _MOST * total:
        return None
    ids, approved = [], 0
    for block in in_blocks(touched.tolist(), _BLOCK):
        query = select(Incident.public_id, Incident.approved_revision).where(Incident.id.in_(block))
        for id_, revision in session.execute(query):
            ids.append(id_)
            approved += revision is not None
    kept = np.ones(about.rows, dtype=np.bool_)
    kept[older.numbers(ids)] = False
    if np.count_nonzero(kept) != total - count_left(session) - approved:
        return None
    samples = frozenset(_samples(session, frozenset(touched.tolist())))
    return Anew(np.union1d(touched, np.fromiter(samples, np.int64)), kept, samples)


def _touched(session: Session, older: OlderEdition, length: int) -> Iterator[int]:
    """Give the keys of what was spoken of since the chain was so long, and of all that has to be looked at each time.

    That is what anything restricts, now or when the edition was made, what was erased, and what an amendment made.
    """
    for query in (
        select(Revision.incident_id).where(Revision.link > length),
        select(Revision.incident_id).where(ERASED),
        select(Incident.id).where(RESTRICTED),
        select(Incident.id).join(Dataset, Dataset.id == Incident.dataset_id).where(Dataset.terms != "public"),
    ):
        yield from session.scalars(query.execution_options(yield_per=_BLOCK))
    for ids in in_blocks(older.not_plain(), _BLOCK):
        yield from session.scalars(select(Incident.id).where(Incident.public_id.in_(ids)))


def _samples(session: Session, touched: frozenset[int]) -> Iterator[int]:
    """Give the key of the first approved incident of each dataset, and of none, that was not touched."""
    for dataset in (None, *session.scalars(select(Dataset.id).where(Dataset.terms == "public"))):
        query = select(Incident.id).where(Incident.dataset_id == dataset, Incident.approved_revision.is_not(None))
        with closing(session.scalars(query.order_by(Incident.id).execution_options(yield_per=_STEP))) as found:
            yield from islice((key for key in found if key not in touched), 1)
