"""Every point that Intuit's sources leave open, as a switch with a default.

The one table of what is UNCONFIRMED: a name, the choices, the default, what it decides
and where qbo-api.md says that it is open. Tests and the control plane set them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

NUMBER = "number"
OBJECT = "object"


@dataclass(frozen=True)
class Switch:
    """One open point. ``choices`` may end in NUMBER or OBJECT to allow such values."""

    name: str
    default: Any
    choices: tuple[Any, ...]
    decides: str
    source: str

    def admits(self, value: Any) -> bool:
        """Tell whether the value may be set."""
        if isinstance(value, bool):
            return False
        if NUMBER in self.choices and isinstance(value, (int, float)):
            return value >= 0
        if OBJECT in self.choices and isinstance(value, Mapping):
            return True
        return value in self.choices and value not in (NUMBER, OBJECT)


def _switch(name: str, choices: str, decides: str, source: str) -> Switch:
    """Return a switch whose first choice is the default."""
    parts = tuple(choices.split())
    return Switch(name, parts[0], parts, decides, source)


def _number(name: str, default: float, decides: str, source: str) -> Switch:
    return Switch(name, default, (NUMBER,), decides, source)


_EDGE = (
    _switch("throttling", "off on", "Intuit's limits are kept", "6.1"),
    _switch("burst_limit", "both second concurrent", "10 a second, 10 at once", "6.1"),
    _switch("report_limit", "off on", "200 reports a minute", "6.1"),
    _number("largest_body_kilobytes", 10240, "a larger request is a 413", "2.1"),
    _number("largest_upload_megabytes", 100, "a larger file is a 6030", "2.7, 5.4"),
    _switch("retry_after", "off on", "429 carries Retry-After", "6.1"),
    _switch("throttle_body", "lower upper", "letter case of the 429 body", "10"),
    _switch("gateway_401_format", "json xml", "form of a gateway 401", "1.6, 5.1"),
    _switch("lost_access", "120 3200 3100", "fault of a user without access", "5.3"),
    Switch("invalid_client_status", "401", ("401", "400"), "bad keys", "1.6"),
    _switch("invalid_grant_description", "off on", "invalid_grant explains", "1.6"),
    _switch("token_size", "usual longest", "tokens of 4096 and 512 letters", "1.4"),
    _number("latency_seconds", 0, "wait before each call", "the simulator's own"),
    _number("refresh_overlap_hours", 0, "old refresh token lives on", "1.5"),
    _switch("concurrent_refresh", "allow revoke", "two refreshes at once", "1.5"),
    _number("code_lifetime_seconds", 600, "life of a code", "1.3"),
    _switch("code_reuse", "revoke keep", "a code's tokens on its second use", "1.3"),
    _number("monthly_reads", 0, "metered reads until 429s; 0: no end", "6.2"),
    _switch("monthly_block", "reads all", "what those 429s are for", "6.2"),
    _switch("batch_metering", "one each", "what a batch with queries costs", "6.2"),
    Switch(
        "auto_approve",
        "off",
        ("off", "on", OBJECT),
        "the consent page approves by itself",
        "the simulator's own",
    ),
    _switch("denied_description", "off on", "access_denied explains", "1.3"),
)
_API = (
    _switch("default_representation", "xml json", "when none is asked for", "2.1"),
    _switch("json_null", "refuse ignore", "null as a field's value", "5.4"),
    _switch("query_content_type", "text any", "type of a POST query", "2.2"),
    _number("requestid_retention_days", 30, "how long answers replay", "2.4, 10"),
    _switch("requestid_other_body", "replay 600", "same id, another body", "2.4, 10"),
    _switch("requestid_keeps_faults", "off on", "a refused call replays too", "2.4"),
    _switch("batch_replay", "replay refuse", "a batch's item, repeated", "2.4, 2.5"),
    _switch("linked_payment_raises_token", "on off", "invoice when paid", "2.3"),
    _switch("balance_touches_customer", "time token no", "customer billed", "9.17"),
    _switch("cdc_too_old_code", "500 4001 2070 6000", "changedSince too old", "2.6"),
    _switch("cdc_beyond_1000", "oldest newest", "which 1,000 are told", "2.6"),
    _switch("cdc_journal_code", "refuse allow", "JournalCode in CDC", "2.6"),
    _switch("report_ids", "on off", "transactions' Ids in detail reports", "2.8"),
    _switch("non_latin_in_us", "question refuse keep", "characters in US", "2.9"),
    _switch("names_trimmed", "on off", "blanks in names collapse", "9.16"),
)
_QUERY = (
    _switch("query_not_equal", "allow refuse", "the operators != and <>", "3.1, 10"),
    _switch("query_text_case", "ignore match", "= on strings", "3.1"),
    _switch("maxresults_over_1000", "refuse cap", "MAXRESULTS 1001", "3.2, 10"),
    _switch("query_total_count", "small never always", "totalCount in pages", "3.3"),
    _switch("query_default_order", "ascending newest", "without ORDERBY", "3.2"),
)
_NAMES = (
    _switch("reactivation_keeps_suffix", "on off", "' (deleted)' stays", "4.2, 10"),
    _switch("names_of_inactive_taken", "on off", "6240 against inactive", "4.2, 10"),
    _switch("duplicate_name_detail", "words id", "tail of a 6240", "5.3"),
    _switch("merged_record", "deleted inactive", "a merged name is read", "4.2, 10"),
    _switch("subcustomer_names", "display full", "unique among what", "4.2"),
    _switch("inactive_reference_code", "2500 610", "new use of inactive", "4.3"),
)
_SALES = (
    _switch("amount_tolerance", "exact cent", "Amount, Qty x UnitPrice", "4.7, 9.6"),
    _switch("line_without_item", "default refuse", "ItemRef missing", "4.7"),
    _switch("invoice_without_customer", "2020 6250", "CustomerRef missing", "5.3"),
    _number("unit_price_decimals", 7, "a longer price is a 2110", "4.7"),
    _switch("credit_memo_send", "on off", "credit memos are e-mailed", "4.8"),
    _switch("void_word", "Voided Annulé Storniert", "note of a voided one", "4.7"),
    _switch("void_note", "prefix replace", "PrivateNote of a voided one", "4.7"),
    _switch("paid_invoice_removal", "unapply refuse", "delete or void", "4.7, 10"),
    _switch("duplicate_docnum", "refuse allow", "6140 is checked", "4.7, 9.5"),
    _switch("closed_books_code", "6200 6210", "TxnDate up to BookCloseDate", "5.3"),
    _switch("bill_email_default", "no customer", "BillEmail when not sent", "4.7"),
    _switch("inclusive_amount", "TaxInclusiveAmt Amount gross", "what wins", "4.7"),
    _switch("total_tax_outside_us", "ignore honour", "TotalTax sent alone", "4.7"),
    _switch("us_line_tax_default", "NON item", "TaxCodeRef missing in the US", "4.7"),
    _switch("unbalanced_journal_code", "6000 2300", "debits, credits", "4.10, 5.3"),
    _switch(
        "untracked_reference",
        "ignore refuse keep",
        "class or location, not tracked",
        "4.7",
    ),
    _switch(
        "tax_rounding", "sum line", "tax is rounded by rate or by line", "4.7, 9.8"
    ),
    _switch("purchase_code_sold", "refuse allow", "a purchase code on a sale", "5.3"),
    _switch(
        "currency_left_out",
        "foreign never always",
        "for whom CurrencyRef must be sent in multicurrency",
        "4.7, 4.9",
    ),
    _switch("zero_tax_override", "honour ignore", "TotalTax 0 with TAX lines", "4.7"),
)
_WEBHOOKS = (
    _switch("webhook_retries", "newer older", "the ladder of repeated calls", "7.4"),
    _number("webhook_disable_hours", 72, "an endpoint that fails so long", "7.4"),
    _switch("webhook_holds_back", "on off", "a failed call stops the next", "7.4"),
    _switch("webhook_companies", "apart together", "companies in a call", "7.2"),
    _switch("webhook_inactive", "Delete Update", "a name made inactive", "7.5"),
    _switch("webhook_balance", "off on", "a customer billed is told of", "7.5, 9.17"),
    Switch(
        "webhook_content_type",
        "application/json",
        ("application/json", "application/cloudevents+json"),
        "type of CloudEvents",
        "7.2",
    ),
)
SWITCHES: tuple[Switch, ...] = (
    *_EDGE,
    *_API,
    *_QUERY,
    *_NAMES,
    *_SALES,
    *_WEBHOOKS,
)


SETTLED: tuple[tuple[str, str, str], ...] = (
    ("host of the sandbox's user info", "the same server; discovery says where", "1.1"),
    ("bodies of invalid_request and others", "the word alone; RFC 6749", "1.6"),
    ("wording of faults that nobody captured", "Intuit's style; match on codes", "5.3"),
    ("codes 100, 110, 4003, 6310 to 6400", "never by themselves; on order", "5.3"),
    ("null siblings in a gateway fault", "as captured by clients", "5.1"),
    ("a DisplayName set to another's", "6240; merges are a person's", "4.2"),
    ("characters of an item's name", "2040 for colon, tab, line end", "4.3"),
    ("length of PurchaseDesc", "1,000", "4.3"),
    ("an inventory item made inactive", "no balancing adjustment", "4.3"),
    ("a negative total", "6000", "4.7"),
    ("a bundle on an item line", "2500, as a category", "4.7"),
    (
        "RefundReceipt without CustomerRef",
        "allowed; DepositToAccountRef required",
        "4.8",
    ),
    ("prices of Intuit's tiers", "calls are counted, nothing is charged", "6.2"),
    ("operations by entity in webhooks", "as the factual reference lists them", "7.5"),
    ("HTML in XML answers", "not escaped twice; JSON is raw text", "9.16"),
)
"""Open points of no consequence to a client: what is open, what is done, the source."""


class Switches:
    """The present settings."""

    def __init__(self) -> None:
        self._known = {switch.name: switch for switch in SWITCHES}
        self._values: dict[str, Any] = {}
        self._changed: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call a listener whenever something is set."""
        self._changed.append(listener)

    def changed(self) -> dict[str, Any]:
        """Return what is set to something else than at first."""
        return dict(self._values)

    def restore(self, values: Mapping[str, Any]) -> None:
        """Set what was kept; what has no switch any more, or no such choice, is not."""
        for name, value in values.items():
            if name in self._known and self._known[name].admits(value):
                self._values[name] = value

    def get(self, name: str) -> Any:
        """Return a switch's value. Raises KeyError for an unknown name."""
        return self._values.get(name, self._known[name].default)

    def set_many(self, wishes: Mapping[str, Any]) -> None:
        """Set several, or none when one is wrong. Raises KeyError, ValueError."""
        for name, value in wishes.items():
            if name not in self._known:
                known = ", ".join(sorted(self._known))
                raise KeyError(f"no switch {name}; known: {known}")
            if not self._known[name].admits(value):
                choices = ", ".join(map(str, self._known[name].choices))
                raise ValueError(f"{name} cannot be {value}; choices: {choices}")
        self._values.update(wishes)
        self._tell()

    def reset(self) -> None:
        """Set all back to their defaults."""
        self._values.clear()
        self._tell()

    def _tell(self) -> None:
        for listener in self._changed:
            listener()

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return all with value, default, choices, meaning and source."""
        return [
            {
                "name": switch.name,
                "value": self.get(switch.name),
                "default": switch.default,
                "choices": list(switch.choices),
                "decides": switch.decides,
                "source": switch.source,
            }
            for switch in SWITCHES
        ]
