"""What a benchmark prints and leaves in benchmarks/results/."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from .measuring import Figures

RESULTS = Path(__file__).parent / "results"


@dataclass
class Report:
    """The rows, targets and plot of one benchmark."""

    name: str
    title: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    targets: list[dict[str, Any]] = field(default_factory=list)
    # Of the last minute: whether others were using the machine.
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    def add(self, what: str, figures: Figures, records: int | None = None) -> None:
        """Add and print a row: a piece of work and what it cost."""
        row = {"what": what, "records": records, **asdict(figures)}
        row.pop("result")
        if not self.rows:
            print(f"\n{self.title}")
            print(HEAD)
        self.rows.append(row)
        print(_line(row), flush=True)

    def target(self, what: str, value: float, limit: str, met: bool) -> None:
        """Note a target: what was measured, what was aimed at, and whether it is."""
        self.targets.append(
            {"what": what, "value": round(value, 3), "limit": limit, "met": met}
        )
        mark = "met" if met else "MISSED"
        print(f"  {mark:<6} {what}: {value:.2f} (target {limit})", flush=True)

    def keep(self) -> None:
        """Write the figures, as measured, and their plot."""
        RESULTS.mkdir(exist_ok=True)
        content = {
            "title": self.title,
            "date": date.today().isoformat(),
            "machine": f"{os.cpu_count()} cores, {platform.machine()}",
            "python": platform.python_version(),
            "load": round(self.load, 1),
            "rows": self.rows,
            "targets": self.targets,
        }
        path = RESULTS / f"{self.name}.json"
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        self._plot(RESULTS / f"{self.name}.svg")

    def _plot(self, path: Path) -> None:
        import matplotlib

        matplotlib.use("svg")
        # The same figures give the same file.
        matplotlib.rcParams["svg.hashsalt"] = self.name
        from matplotlib import pyplot

        labels = [row["what"] for row in self.rows]
        figure, axes = pyplot.subplots(figsize=(8, 0.6 + 0.35 * len(labels)))
        axes.barh(labels, [row["seconds"] for row in self.rows], color="#2f7d5b")
        axes.invert_yaxis()
        axes.set_xscale("log")
        axes.set_xlabel("seconds (logarithmic)")
        axes.set_title(self.title, fontsize=10)
        figure.tight_layout()
        figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)


HEAD = (
    f"  {'':<44} {'records':>8} {'seconds':>8} {'calls':>6} {'metered':>8}"
    f" {'SQL':>7} {'peak MB':>8}"
)


def _line(row: dict[str, Any]) -> str:
    return (
        f"  {row['what']:<44} {row['records'] or '':>8} {row['seconds']:>8.3f}"
        f" {row['calls']:>6.0f} {row['metered']:>8.0f} {row['statements']:>7.0f}"
        f" {row['peak_mb']:>8.1f}"
    )
