"""Attachable (qbo-api.md 2.7, 4.10)."""

from qbo_simulator.schema.common import ATTACHABLE_REF, CUSTOM_FIELD, entity_struct
from qbo_simulator.schema.fields import (
    TRANSACTION,
    Entity,
    enum,
    integer,
    several,
    text,
)

CATEGORIES = "Image|Signature|Contact Photo|Receipt|Document|Sound|Other"
ATTACHABLE = Entity(
    "Attachable",
    TRANSACTION,
    entity_struct(
        "Attachable",
        text("FileName", 1000, "FS", column="name"),
        text("FileAccessUri", 1000, "R"),
        text("TempDownloadUri", 2000, "R"),
        integer("Size", "R"),
        text("ContentType", 100),
        enum("Category", CATEGORIES, "F"),
        text("Lat", 50),
        text("Long", 50),
        text("PlaceName", 2000),
        text("Note", 2000, "F"),
        text("Tag", 2000),
        text("ThumbnailFileAccessUri", 1000, "R"),
        text("ThumbnailTempDownloadUri", 2000, "R"),
        several("AttachableRef", ATTACHABLE_REF),
        several("CustomField", CUSTOM_FIELD),
    ),
    frozenset(("create", "read", "update", "delete", "query")),
    numbered="attachable",
    called="Attachable",
    first_id=2700000000002440001,
)
