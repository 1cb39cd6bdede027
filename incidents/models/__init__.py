"""The ledger's tables, for SpatiaLite and PostGIS alike. It knows no rule of the trade beyond what constraints say.

Migrations make these tables and never import them; a test holds the two together.
"""

from incidents.models.base import Base
from incidents.models.editions import Edition, Publication
from incidents.models.history import ChainLink, Revision
from incidents.models.incidents import Incident
from incidents.models.parts import EquipmentUse, Goods, HarmClaim, Participation, Target, Transfer
from incidents.models.people import Ledger, Person, Role
from incidents.models.places import BoundarySet, IncidentPoint, IncidentRegion, Region, RegionPolygon
from incidents.models.sources import (
    Citation,
    Custody,
    Dataset,
    Evidence,
    ExternalReference,
    ImportBatch,
    SameAs,
    Source,
)
from incidents.models.taxonomy import TaxonomyKey

__all__ = [
    "Base",
    "BoundarySet",
    "ChainLink",
    "Citation",
    "Custody",
    "Dataset",
    "Edition",
    "EquipmentUse",
    "Evidence",
    "ExternalReference",
    "Goods",
    "HarmClaim",
    "ImportBatch",
    "Incident",
    "IncidentPoint",
    "IncidentRegion",
    "Ledger",
    "Participation",
    "Person",
    "Publication",
    "Region",
    "RegionPolygon",
    "Revision",
    "Role",
    "SameAs",
    "Source",
    "Target",
    "TaxonomyKey",
    "Transfer",
]
