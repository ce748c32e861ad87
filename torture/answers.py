"""QuickBooks' answers, spoilt on their way: what does Odoo make of them?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from demo.odooclient import RefusalError

from .counting import doubles
from .office import Office
from .tables import Tables

# What a person is told of, by the names Odoo gives its kinds.
TOLD = ("odoo.exceptions.", "odoo.addons.quickbooks_link.exceptions.")
# Retries of the addon's included: the answer stays spoilt for all of them.
TIMES = 6
# How often somebody presses Send at the end.
PRESSES = 4


class Answers:
    """Lets people press buttons while the answers to their calls are spoilt."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.tables = Tables(office.stand, office.manager.company_id)
        self.chance = Random()
        self._paid = self._sent(2)
        self._others = 0
        self._told: list[str] = []
        self.acts = self._all_acts()

    def _all_acts(self) -> tuple[tuple[str, Callable[[], list[str]]], ...]:
        """Return what people do, each with the call whose answer is spoilt."""
        return (
            ("query Customer", self._sync_of("customers")),
            ("query Item", self._sync_of("items")),
            ("batch", self._sync_of("tax_codes")),
            ("batch", self._payments_whole),
            ("cdc", self._payments_new),
            ("cdc", self._sync_of("changes")),
            ("create", self._send_one),
            ("batch", self._send_some),
            ("update Invoice", self._change),
            ("void Invoice", self._cancel),
            ("", self._test),
            ("", self._refresh),
            ("oauth token", self._log_in),
            ("", self._create_customer),
            ("", self._reconcile),
            ("", self._preview),
        )

    def spoil(self, seed: int) -> tuple[str, list[str]]:
        """Spoil what one button brings; return what was done, and what is wrong."""
        self.chance = Random(seed)
        label, act = self.acts[seed % len(self.acts)]
        self._begin_anew()
        times = self.chance.choice((1, TIMES, TIMES))
        order = {"seed": seed, "skip": self.chance.choice((0, 0, 0, 1))}
        self.office.quickbooks.fault("spoil", label, times=times, **order)
        problems = act()
        self._quiet()
        name = getattr(act, "__name__", "").strip("_")
        return f"{name} ({label}): {'; '.join(self._told[:2]) or 'no call'}", problems

    def _begin_anew(self) -> None:
        self._quiet()
        self._told.clear()
        # The case before may have cost the log-in, as it should.
        self.office.log_in_again()
        with self.office.stand.sql() as cursor:
            # No limits: there are thousands of cases an hour.
            cursor.execute("DELETE FROM quickbooks_governor")

    # === Syncs === #

    def _sync_of(self, kind: str) -> Callable[[], list[str]]:
        def sync() -> list[str]:
            return self._sync(kind)

        sync.__name__ = f"sync_{kind}"
        return sync

    def _sync(self, kind: str) -> list[str]:
        """Sync; nothing may be left of a sync that failed, and all be well after."""
        before = self.tables.digest()
        told = self._run(kind)
        if told["state"] == "failed":
            return [
                *([] if told["error"] else ["a sync failed without words"]),
                *self.tables.differences(before),
            ]
        if told["state"] != "done":
            return [f"the sync is left {told['state']}"]
        return self._heals(kind)

    def _heals(self, kind: str) -> list[str]:
        """Sync once more, quietly: everything is as QuickBooks has it."""
        self._quiet()
        told = self._run(kind)
        if told["state"] != "done":
            return [f"a quiet sync is {told['state']}: {told['error']}"]
        return self.tables.untrue(self.office)

    def _quiet(self) -> None:
        """Let nothing more be spoilt; keep what was done, to tell it."""
        self._told += self.office.quickbooks.spoilt()
        self.office.quickbooks.no_faults()

    def _run(self, kind: str) -> dict[str, Any]:
        manager = self.office.manager
        button = f"action_quickbooks_sync_{kind}"
        action = manager.ask("res.company", button, [manager.company_id])
        run_id = action["params"]["run_id"]
        for _slice in range(50):
            told = manager.ask("quickbooks.sync.run", "advance", [run_id])
            if told["state"] in ("done", "failed") or told["background"]:
                return told
        raise RuntimeError(f"the sync of {kind} does not end")

    def _payments_whole(self) -> list[str]:
        with self.office.stand.sql() as cursor:
            cursor.execute("UPDATE quickbooks_connection SET payments_watermark = NULL")
        return self._sync("payments")

    def _payments_new(self) -> list[str]:
        """Receive a little money in QuickBooks, and sync."""
        [row] = self.office.documents(self._paid[:1])
        record = self.office.invoice_of(row)
        if record["Balance"] > 1:
            self.office.pay(record, "0.01")
        return self._sync("payments")

    # === Documents === #

    def _sent(self, number: int) -> list[int]:
        lines = [{"quantity": 9, "price_unit": 999}]
        ids = self.office.drafts([{"lines": lines}] * number)
        self.office.post(*ids)
        return ids

    def _send_one(self) -> list[str]:
        return self._send(self.office.drafts([{}]))

    def _send_some(self) -> list[str]:
        return self._send(self.office.drafts([{}] * 3))

    def _send(self, ids: Sequence[int]) -> list[str]:
        return [*self._press(self.office.post, *ids), *self._settled(ids)]

    def _change(self) -> list[str]:
        return self._after_sending(lambda key: self.office.change([key], 7.5))

    def _cancel(self) -> list[str]:
        return self._after_sending(self.office.cancel)

    def _after_sending(self, act: Callable[[int], None]) -> list[str]:
        [key] = self._sent(1)
        return [*self._press(act, key), *self._settled([key])]

    def _settled(self, ids: Sequence[int]) -> list[str]:
        """Let time pass and press the buttons; then each is there once."""
        self._quiet()
        buttons = {"posted": self.office.send, "cancel": self.office.void}
        for _press in range(PRESSES):
            left = self._left(ids)
            if not left:
                return doubles(self.office)
            self.office.make_due()
            for move in self.office.moves(left):
                self._press(buttons.get(move["state"], self.office.post), move["id"])
        return [f"{row['state']}: {row['error']}" for row in self.office.documents(ids)]

    def _left(self, ids: Sequence[int]) -> list[int]:
        wanted = {"posted": "sent", "cancel": "voided"}
        moves = {
            move["id"]: wanted.get(move["state"]) for move in self.office.moves(ids)
        }
        rows = {row["move_id"][0]: row["state"] for row in self.office.documents(ids)}
        return [key for key in ids if not moves[key] or moves[key] != rows.get(key)]

    # === Buttons whose answer a person waits for === #

    def _press(self, what: Callable[..., Any], *args: Any, **kwargs: Any) -> list[str]:
        """Press; return what is wrong with the refusal, if there is one."""
        try:
            what(*args, **kwargs)
        except RefusalError as error:
            if error.kind.startswith(TOLD) and str(error).strip():
                return []
            return [f"a person was told {error.kind}: {error}"]
        return []

    def _ask(self, model: str, method: str, *args: Any, **kwargs: Any) -> list[str]:
        return self._press(self.office.manager.ask, model, method, *args, **kwargs)

    def _company(self, button: str, **kwargs: Any) -> list[str]:
        company = [self.office.manager.company_id]
        return self._ask("res.company", button, company, **kwargs)

    def _test(self) -> list[str]:
        return self._unchanged(lambda: self._company("action_quickbooks_test"))

    def _unchanged(self, act: Callable[[], list[str]]) -> list[str]:
        """Do it, then once more quietly: after a sync all is as QuickBooks has it."""
        problems = act()
        self._quiet()
        return [*problems, *act(), *self._heals("payments")]

    def _refresh(self) -> list[str]:
        [partner] = list(self.office.partners.values())[:1]
        button = "action_quickbooks_refresh"
        return self._unchanged(lambda: self._ask("res.partner", button, [partner]))

    def _log_in(self) -> list[str]:
        """Renew the log-in; where that was refused for good, connect again."""
        self.office.quickbooks.expire_tokens("access")
        problems = self._company("action_quickbooks_test")
        self._quiet()
        self.office.log_in_again()
        return [*problems, *self._company("action_quickbooks_test")]

    def _create_customer(self) -> list[str]:
        """Create a customer, again until it is there: it is there once."""
        self._others += 1
        name = f"Odd {self._others} {self.chance.randrange(10**9)}"
        partner = self.office.contact(name)
        button = "action_quickbooks_create_customer"
        problems = self._ask("res.partner", button, [partner])
        self._quiet()
        linked = [["partner_id", "=", partner]]
        manager = self.office.manager
        if not manager.ask("quickbooks.customer", "search_count", linked):
            self.office.make_due()
            problems += self._ask("res.partner", button, [partner])
        there = [
            one
            for one in self.office.quickbooks.records("Customer", self.office.realm_id)
            if one["DisplayName"] == name
        ]
        if len(there) != 1:
            problems.append(f"the customer is {len(there)} times in QuickBooks")
        return problems

    def _reconcile(self) -> list[str]:
        before = self.tables.digest()
        manager = self.office.manager
        values = {"date_from": "2026-11-01", "date_to": "2026-11-30"}
        key = manager.ask("quickbooks.reconciliation", "create", values)
        problems = self._ask("quickbooks.reconciliation", "action_start", [key])
        for _slice in range(30):
            [run] = manager.ask("quickbooks.reconciliation", "read", [key], ["state"])
            if run["state"] not in ("queued", "running"):
                break
            problems += self._ask("quickbooks.reconciliation", "advance", [key])
        else:
            problems.append(f"the reconciliation is left {run['state']}")
        return [*problems, *self.tables.differences(before)]

    def _preview(self) -> list[str]:
        before = self.tables.digest()
        manager = self.office.manager
        company = [manager.company_id]
        button = "action_quickbooks_preview"
        action = manager.ask("res.company", button, company)
        run_id = action["params"]["run_id"]
        for _slice in range(50):
            told = manager.ask("quickbooks.sync.run", "advance", [run_id])
            if told["state"] in ("done", "failed"):
                return self.tables.differences(before)
        return ["the preview does not end"]
