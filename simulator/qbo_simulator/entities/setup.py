"""CompanyInfo and Preferences: one record each, changed but never made or removed."""

from dataclasses import replace

from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body, Rules
from qbo_simulator.entities.people import check_contacts, number_addresses
from qbo_simulator.errors import business

_ADDRESSES = ("CompanyAddr", "CustomerCommunicationAddr", "LegalAddr")


class CompanyInfoRules(Rules):
    """The company's name and addresses."""

    def prepare(self, new: Body, old: Record | None) -> None:
        """Check contacts; addresses get Ids."""
        check_contacts(new)
        for name in _ADDRESSES:
            holder = {"BillAddr": new.get(name)}
            before = old and Record(old.row, {"BillAddr": old.body.get(name, {})})
            number_addresses(self.company, holder, before)

    def after(self, record: Record, old: Body | None) -> None:
        """The list of companies shows the new name."""
        realm = replace(self.company.realm, company_name=record.body["CompanyName"])
        self.company.store.save_realm(realm)


class PreferencesRules(Rules):
    """How the company works."""

    def prepare(self, new: Body, old: Record | None) -> None:
        """Multicurrency cannot be switched off once it is on."""
        if old is None:
            return
        was = old.body.get("CurrencyPrefs", {}).get("MultiCurrencyEnabled")
        if was and not new["CurrencyPrefs"].get("MultiCurrencyEnabled"):
            raise business("Multicurrency cannot be turned off.")
