"""The rules of time activities."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body, Rules
from qbo_simulator.entities.tracking import settle_tracking
from qbo_simulator.errors import business, required


class TimeActivityRules(Rules):
    """Somebody's hours."""

    def prepare(self, new: Body, old: Record | None) -> None:
        """Check whose hours they are and how many."""
        settle_tracking(self.company, new, old.body if old else {}, by_level=True)
        whose = f"{new['NameOf']}Ref"
        if whose not in new:
            raise required(whose)
        new.setdefault("TxnDate", self._day(new))
        if "StartTime" in new:
            self._check_span(new)
        elif "Hours" not in new and "Minutes" not in new:
            raise required("Hours")
        status = new.setdefault("BillableStatus", "NotBillable")
        if status == "Billable" and "CustomerRef" not in new:
            raise business("Billable time needs a customer.", "CustomerRef")
        if status == "Billable" and "HourlyRate" not in new:
            raise required("HourlyRate")
        new.setdefault("HourlyRate", 0)

    def _day(self, new: Mapping[str, Any]) -> str:
        return new.get("StartTime", self.company.today.isoformat())[:10]

    def _check_span(self, new: Mapping[str, Any]) -> None:
        if "EndTime" not in new:
            raise required("EndTime")
        start, end = _moment(new["StartTime"]), _moment(new["EndTime"])
        if end.replace(tzinfo=None) < start.replace(tzinfo=None):
            raise business("EndTime must not be before StartTime.", "EndTime")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
