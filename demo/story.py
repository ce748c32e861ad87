"""The story: from the log-in to the comparison of every record."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from .compare import WORDS, differences, figures_compared
from .expected import Books, expected
from .ground import Ground
from .held import held
from .odooclient import Odoo
from .quickbooks import QuickBooks
from .steps import Step, Steps, StoryEndedError
from .story_business import BusinessStory
from .story_changes import ChangesStory
from .story_documents import DocumentsStory
from .story_payments import PaymentsStory
from .story_proof import prove
from .story_scheduler import play_scheduler
from .webclient import WebClient, browser_page

Moment = Callable[[str, WebClient], None]


def play(ground: Ground, steps: Steps, moment: Moment = lambda *_: None) -> bool:
    """Play the story, telling every step; return whether all of it held.

    :param moment: called with a name and the browser at moments worth a picture
    """
    with browser_page(ground.company) as page:
        client = WebClient(page, ground.odoo_url)
        try:
            Story(ground, steps, client, moment).play()
        except StoryEndedError:
            picture = ground.folder / "failure.png"
            client.picture(picture)
            print(f"The browser showed: {picture}")
    return not steps.failed


class Story:
    """One play of the story, with who is in it."""

    def __init__(
        self, ground: Ground, steps: Steps, client: WebClient, moment: Moment
    ) -> None:
        self.ground, self.steps, self.client = ground, steps, client
        self.moment = moment
        self.quickbooks = QuickBooks(ground.simulator_url)
        self.odoo = Odoo(ground.odoo_url, ground.database)

    def play(self) -> None:
        """Play all steps."""
        self._connect()
        self._first_sync()
        with self.steps.step("Compare Odoo and QuickBooks, record by record") as step:
            self._compare(step)
        self._second_sync()
        play_scheduler(self.steps, self.odoo, self.quickbooks)
        with self.steps.step("Compare once more") as step:
            self._compare(step)
        prove(self)
        self._play_documents()
        with self.steps.step("Look for errors in the browser") as step:
            step.problems += self.client.errors
            step.tell(f"{len(self.client.errors)} errors")
        self.moment("end", self.client)

    def _play_documents(self) -> None:
        """Play what becomes of documents, payments and changes."""
        documents = DocumentsStory(
            self.ground.company,
            self.steps,
            self.client,
            self.odoo,
            self.quickbooks,
            self.moment,
        )
        documents.play()
        payments = PaymentsStory(documents, self.moment)
        payments.play()
        ChangesStory(payments).play()
        BusinessStory(self, documents).play()

    # === Connecting === #

    def _connect(self) -> None:
        names = self.ground.company.values["name"], self.quickbooks.keys["company_name"]
        step = self.steps.step
        with step("Log in to Odoo as admin"):
            self.client.log_in()
        with step("Open Settings › Companies › the tab Junari QuickBooks Link") as one:
            self.client.open_company_tab(names[0])
            one.tell(f"company {names[0]}, {self.ground.company.currency}")
        with step("Press Connect to QuickBooks and sign in there"):
            self.client.press_connect()
            self.moment("consent", self.client)
        with step("Approve on QuickBooks' consent page") as one:
            one.tell(self.client.approve(names[1]))
        with step("Press Test Connection") as one:
            said = self.client.test_connection()
            one.tell(f"“{said}”")
            one.expect(names[1] in said, f"the notification doesn't name {names[1]}")
        with step("Choose who runs the background sync") as one:
            one.tell(self.client.choose_background_user("Administrator"))

    # === Syncing === #

    def _first_sync(self) -> None:
        with self.steps.step("Press Sync Now of Full Sync") as step:
            run = self._sync(step)
            self.moment("synced", self.client)
            self.client.close_dialog()
            read = sum(map(len, self._mirrors().values()))
            payments = self.odoo.call("quickbooks.payment", "search_count", [])
            held = read + payments
            step.expect(run["created"] == held > 0, f"Odoo holds {held} records")
        self.moment("tab", self.client)

    def _second_sync(self) -> None:
        """Sync again: nothing was changed in QuickBooks, so nothing may change here."""
        with self.steps.step("Sync again: nothing may change") as step:
            before = self._mirrors()
            run = self._sync(step)
            self.client.close_dialog()
            for name in ("created", "updated", "deactivated", "reactivated"):
                step.expect(run[name] == 0, f"{run[name]} records were {name}")
            written = sum(map(_rows_written, before.values(), self._mirrors().values()))
            step.tell(f"{run['unchanged']} records unchanged, {written} rows written")
            step.expect(written == 0, "rows were written although nothing had changed")

    def _sync(self, step: Step) -> dict[str, Any]:
        """Play a full sync; tell what the dialog says and hold it to the facts."""
        self.quickbooks.calls()
        self.client.start_full_sync()
        self.moment("syncing", self.client)
        outcome = self.client.wait_for_sync()
        run, calls = self.odoo.last_run(), self.quickbooks.calls()
        for line in (outcome.summary, *outcome.lists):
            step.tell(line)
        step.expect(outcome.done and run["state"] == "done", "the sync did not succeed")
        step.expect(
            run["calls"] == calls,
            f"Odoo counted {run['calls']} calls, QuickBooks {calls}",
        )
        return run

    # === Comparing === #

    def _mirrors(self) -> dict[str, list[dict[str, Any]]]:
        return self.odoo.mirrors(self.quickbooks.realm_id)

    def _compare(self, step: Step) -> None:
        company = self.ground.company
        today = datetime.now(ZoneInfo(company.timezone)).date()
        books = Books(self.quickbooks.books(), company.currency, today)
        wanted = expected(books)
        found = differences(held(self._mirrors(), self.odoo.currencies()), wanted)
        step.problems += map(str, found)
        counts = [f"{len(wanted[entity])} {words}s" for entity, words in WORDS.items()]
        step.tell(f"{', '.join(counts)}: {figures_compared(wanted)} values")
        step.tell(f"{len(found)} differences")
        step.expect(all(wanted.values()), "a list is empty: nothing was compared")


def _rows_written(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> int:
    """Return how many rows are new or were written since, by their time stamps."""
    stamps = {row["id"]: row["write_date"] for row in before}
    return sum(stamps.get(row["id"]) != row["write_date"] for row in after)
