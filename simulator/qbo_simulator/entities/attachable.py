"""The rules of attachables: notes and files on other records (qbo-api.md 2.7)."""

from collections.abc import Mapping
from typing import Any

from qbo_simulator.company import Company, Record
from qbo_simulator.entities.base import Body, Rules
from qbo_simulator.errors import required

_FROM_FILE = ("FileAccessUri", "TempDownloadUri", "Size")


def keep_file(company: Company, metadata: Mapping[str, Any], content: bytes) -> Record:
    """Make the attachable of an uploaded file and keep the file."""
    record = company.rules("Attachable").create(metadata)
    body = dict(record.body)
    body["FileAccessUri"] = f"/v3/company/{company.realm_id}/download/{record.id}"
    body["Size"] = len(content)
    with company.store.transaction() as db:
        db.execute(
            "INSERT INTO files VALUES (?, ?, ?)", (company.realm_id, record.id, content)
        )
    return company.save(record, body, raise_token=False)


class AttachableRules(Rules):
    """A note, or a file that came by upload."""

    def prepare(self, new: Body, old: Record | None) -> None:
        """It says something, or it is a file."""
        for name in _FROM_FILE:
            if old is not None and name in old.body:
                new[name] = old.body[name]
        if "Note" not in new and "FileName" not in new:
            raise required("Note")
        new.setdefault("AttachableRef", [])

    def before_removal(self, record: Record) -> None:
        """The file goes with it."""
        with self.company.store.transaction() as db:
            db.execute(
                "DELETE FROM files WHERE realm = ? AND id = ?",
                (self.company.realm_id, record.id),
            )
