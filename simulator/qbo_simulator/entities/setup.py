"""CompanyInfo and Preferences: one record each, changed but never made or removed."""

from dataclasses import replace

from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body, Rules
from qbo_simulator.entities.people import check_contacts, number_addresses
from qbo_simulator.errors import business

_ADDRESSES = ("CompanyAddr", "CustomerCommunicationAddr", "LegalAddr")


_COUNTRIES = {
    "AU": ("AUS", "australia"),
    "CA": ("CAN", "canada"),
    "DE": ("DEU", "germany"),
    "ES": ("ESP", "spain"),
    "FR": ("FRA", "france"),
    "GB": ("GBR", "united kingdom", "uk", "great britain"),
    "IE": ("IRL", "ireland"),
    "IN": ("IND", "india"),
    "IT": ("ITA", "italy"),
    "NL": ("NLD", "netherlands"),
    "NZ": ("NZL", "new zealand"),
    "US": ("USA", "united states", "united states of america"),
    "ZA": ("ZAF", "south africa"),
}
_CODES = {
    word.casefold(): names[0]
    for code, names in _COUNTRIES.items()
    for word in (code, *names)
}


def company_address(address: Body) -> Body:
    """Return an address of the company as it is shown since October 2025.

    Its country is a code of three letters, whatever was written, and it tells no
    latitude or longitude any more (qbo-api.md 4.1).
    """
    shown = {key: value for key, value in address.items() if key not in ("Lat", "Long")}
    if "Country" in shown:
        written = str(shown["Country"])
        shown["Country"] = _CODES.get(written.strip().casefold(), written)
    return shown


class CompanyInfoRules(Rules):
    """The company's name and addresses."""

    def prepare(self, new: Body, old: Record | None) -> None:
        """Check contacts; addresses get Ids."""
        check_contacts(new)
        for name in _ADDRESSES:
            if name in new:
                new[name] = company_address(new[name])
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
