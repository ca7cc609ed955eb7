"""The table of dossiers' digitised papers and results."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from bot.store.tables import Id, Instant, identity, metadata

# Whatever tells of a person lies in `facts`, one sealed JSON text, and is found by keyed hashes.
document = Table(
    "document",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossier.id"), nullable=False),
    Column("kind", String(8), nullable=False),  # paper | result
    Column("source", String(8), nullable=False),  # feed | counter
    Column("source_ref", String(64), nullable=False),  # keyed hash, hex, of what its source says
    Column("agency_code", String(40), nullable=False),  # of its dossier, kept equal to it
    Column("procedure_code", String(64), nullable=False),  # likewise
    Column("type_code", String(64)),
    Column("issuer", String(300)),
    Column("issued_on", Date),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("valid_forever", Boolean, nullable=False, server_default=false()),
    Column("revoked_on", Date),
    Column("digitised", Boolean, nullable=False, server_default=false()),
    Column("reused", Boolean, nullable=False, server_default=false()),
    Column("from_national_store", Boolean, nullable=False, server_default=false()),
    Column("digitised_at", Instant),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Column("lacks", SmallInteger, nullable=False),  # how many facts its metadata lack
    Column("facts", LargeBinary),  # sealed JSON; NULL once its person is forgotten
    Column("number_index", LargeBinary),  # keyed hash of "mã số giấy tờ"
    Column("symbol_index", LargeBinary),  # keyed hash of "số ký hiệu"
    Column("owner_index", LargeBinary),  # keyed hash of the owner's identifier
    Column("content", LargeBinary, nullable=False),  # keyed hash of all that is told of it
    Column("first_seen_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("dossier_id", "kind", "source_ref"),
)
Index("ix_document_agency_code", document.c.agency_code, document.c.id)
Index("ix_document_procedure_code", document.c.procedure_code, document.c.id)
Index("ix_document_type_code", document.c.type_code, document.c.id)
Index("ix_document_issued_on", document.c.issued_on, document.c.id)
for _index in ("number_index", "symbol_index", "owner_index"):
    Index(
        f"ix_document_{_index}",
        document.c[_index],
        postgresql_where=document.c[_index].is_not(None),
        sqlite_where=document.c[_index].is_not(None),
    )

# What the register is asked for and few rows are, in the very words of the question.
REVOKED = "revoked_on IS NOT NULL"
LACKING = "lacks > 0"
Index(
    "ix_document_revoked",
    document.c.id,
    postgresql_where=text(REVOKED),
    sqlite_where=text(REVOKED),
)
Index(
    "ix_document_lacking",
    document.c.id,
    postgresql_where=text(LACKING),
    sqlite_where=text(LACKING),
)
