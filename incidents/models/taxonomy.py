"""Which keys of the taxonomy the ledger knows, so that it refuses any other, whoever writes to it.

What a key means is the taxonomy's to say, which lies in files.
"""

from sqlalchemy.orm import Mapped, mapped_column

from incidents.models.base import Base, comment


class TaxonomyKey(Base):
    """A key that the ledger's columns may hold. It stays when the taxonomy no longer has it."""

    __tablename__ = "taxonomy_key"
    __table_args__ = comment("Keys of the taxonomy that records may use")

    vocabulary: Mapped[str] = mapped_column(
        primary_key=True, comment="kinds, roles, targets, equipment, stages or harm_groups"
    )
    key: Mapped[str] = mapped_column(primary_key=True, comment="The key")
