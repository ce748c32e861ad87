"""Recurring transactions: templates are checked as what they make, and post nothing."""

from collections.abc import Mapping
from typing import Any

from qbo_simulator.company import Record
from qbo_simulator.entities.base import Rules
from qbo_simulator.entities.transaction import TransactionRules
from qbo_simulator.errors import ServiceFault, unsupported_property
from qbo_simulator.schema.recurring import TEMPLATES


class RecurringTransactionRules(Rules):
    """A transaction of a kind, under the kind's name, with its schedule."""

    def create(self, body: Mapping[str, Any]) -> Record:
        """Keep a template."""
        kind, sent = _template(body)
        rules = self._template_rules(kind)
        new = rules.drafted(sent)
        return self.company.insert(self.entity.name, {kind: new, "Type": kind})

    def update(self, body: Mapping[str, Any]) -> Record:
        """Change a template, in full or sparsely."""
        kind, sent = _template(body)
        record = self.current(sent)
        if kind not in record.body:
            raise ServiceFault("2600", kind, "A template keeps its kind.")
        new = self._template_rules(kind).redrafted(sent, record)
        return self.company.save(record, {kind: new, "Type": kind})

    def delete(self, body: Mapping[str, Any]) -> Record:
        """Forget a template, named by the template itself or by its Id."""
        kinds = [name for name in TEMPLATES if isinstance(body.get(name), Mapping)]
        return super().delete(body[kinds[0]] if kinds else body)

    def _template_rules(self, kind: str) -> TransactionRules:
        rules = self.company.rules(kind)
        if not isinstance(rules, TransactionRules):
            raise ServiceFault("2000", detail=f"{kind} cannot recur.")
        rules.entity = TEMPLATES[kind]
        return rules


def _template(body: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    kinds = [key for key, value in body.items() if value is not None]
    known = [key for key in kinds if key in TEMPLATES]
    strangers = [key for key in kinds if key not in TEMPLATES and key not in _OWN]
    if strangers or len(known) != 1 or not isinstance(body[known[0]], Mapping):
        raise unsupported_property(str((strangers or ["RecurringTransaction"])[0]))
    return known[0], body[known[0]]


_OWN = ("domain", "sparse", "Id", "SyncToken", "MetaData")
