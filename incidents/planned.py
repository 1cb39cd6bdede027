"""The plan that an edition was made ahead by, kept beside its files for as long as the ledger says just the same.

All that a plan hangs on is asked of the ledger again and digested; whatever is another sends publishing back to
planning. It lies where the edition made ahead lies, private, and no edition has it.
"""

import datetime as dt
import hashlib
import json
from array import array
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from incidents.approved import links, tell_approvals, tell_datasets
from incidents.drafts import DatasetDraft
from incidents.editions.manifest import hash_file
from incidents.editions.tombstones import sync_files
from incidents.preparing import Digests, Known, Plan, open_older, prepare
from incidents.redaction import LeftOut
from incidents.surroundings import ShippedWorld
from incidents.taxonomy import Taxonomy

_PLAN = "plan.json"
_KEYS = "plan.npy"


def keep_plan(session: Session, made: Path, taxonomy: Taxonomy, *, today: dt.date) -> None:
    """Keep, in a folder that was made from what a snapshot says, what publishing just that is planned by."""
    world = ShippedWorld()
    plan = prepare(session, made, taxonomy, world, today=today, trusting=False)
    try:
        if plan.known is None or not plan.changes_nothing(session, world):
            return  # Then publishing plans it.
    finally:
        plan.close()
    np.save(made / _KEYS, np.array(plan.known, dtype=np.int64), allow_pickle=False)
    parts = {
        "state": _digest_state(session, plan.digests, today),
        "keys": hash_file(made / _KEYS),
        "make": list(plan.make),
        "left_out": {reason.name: count for reason, count in plan.left_out.items()},
        "datasets": {key: asdict(dataset) for key, dataset in plan.datasets.items()},
    }
    (made / _PLAN).write_text(json.dumps(parts), encoding="utf-8")
    sync_files(made)


def find_plan(session: Session, made: Path, taxonomy: Taxonomy, *, today: dt.date) -> Plan | None:
    """Give the plan that `prepare` would give for a folder that was made ahead; None where that must be asked.

    It is given only where the ledger says all that it hangs on as it did when the folder was made, this day's
    embargoes among it, so that it changes nothing.
    """
    try:
        parts = json.loads((made / _PLAN).read_bytes())
        is_whole, state = parts["keys"] == hash_file(made / _KEYS), parts["state"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    digests = Digests(session, taxonomy)
    if not is_whole or state != _digest_state(session, digests, today):
        return None
    older = open_older(session, made)
    if older is None:
        return None
    keys, revisions = np.load(made / _KEYS, allow_pickle=False)
    return Plan(
        digests=digests,
        older=older,
        kept=np.ones(older.manifest.rows, dtype=np.bool_),
        make=array("q", parts["make"]),
        known=Known(array("q", keys.tobytes()), array("q", revisions.tobytes())),
        linked=links(session),
        aggregates=Counter(older.aggregates()),
        left_out=Counter({LeftOut[name]: count for name, count in parts["left_out"].items()}),
        datasets={key: DatasetDraft(**said) for key, said in parts["datasets"].items()},
    )


def _digest_state(session: Session, digests: Digests, today: dt.date) -> str:
    """Digest all that a plan hangs on: approvals and what restricts them, datasets, links, and how rows are made."""
    said = hashlib.sha256(digests.common)
    said.update(json.dumps([tell_datasets(session), sorted(links(session).items())]).encode())
    for lines in tell_approvals(session, today):
        said.update(f"\n{lines}".encode())
    return said.hexdigest()
