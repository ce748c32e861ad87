"""The rules of budgets."""

from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.naming import ListRules
from qbo_simulator.errors import ServiceFault
from qbo_simulator.reports.moves import PROFIT_AND_LOSS

PROFIT = "ProfitAndLoss"


class BudgetRules(ListRules):
    """Plans of profit and loss; the one kind that Intuit's API makes."""

    def prepare(self, new: Body, old: Record | None) -> None:
        """Check the span, and that every line lies in it, on a fitting account."""
        start, end = new["StartDate"], new["EndDate"]
        if end < start:
            raise ServiceFault("2190", "EndDate", "EndDate is before StartDate.")
        if new.setdefault("BudgetType", PROFIT) != PROFIT:
            raise ServiceFault("2170", "BudgetType")
        new.setdefault("BudgetEntryType", "Monthly")
        new.setdefault("Name", f"Budget_FY{start[2:4]}_P&L - FY{start[2:4]} P&L")
        super().prepare(new, old)
        for line in new.setdefault("BudgetDetail", []):
            self._check_line(line, start, end)

    def _check_line(self, line: Body, start: str, end: str) -> None:
        if not start <= line["BudgetDate"] <= end:
            detail = f"BudgetDate {line['BudgetDate']} is not within the budget."
            raise ServiceFault("2190", "BudgetDate", detail)
        account = self.company.get("Account", line["AccountRef"]["value"]).body
        if account["AccountType"] not in PROFIT_AND_LOSS:
            raise ServiceFault("6430", "AccountRef")
