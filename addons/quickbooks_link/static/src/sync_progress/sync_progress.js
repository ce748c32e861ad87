import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { useFocusWhenOver } from "../dialog_focus";
import { figures, timeLeft } from "./run_progress_field";

const MODEL = "quickbooks.sync.run";
const OPEN_STATES = ["queued", "running"];
const PAUSE = 1500;

/**
 * Shows a sync while it runs, and what came of it.
 *
 * Each call of `advance` does a few seconds of the work, so no web worker is held
 * for long, and closing the dialog leaves the rest to the scheduler.
 */
export class SyncProgress extends Component {
    static template = "quickbooks_link.SyncProgress";
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        // Not useService: the last call must go out although the dialog is closed.
        this.orm = this.env.services.orm.silent;
        this.runId = this.props.action.params.run_id;
        this.progress = useState({ state: "queued", lines: [] });
        this.closed = false;
        useFocusWhenOver(this.env.dialogId, () => !this.isOpen);
        onMounted(() => {
            this.following = this.follow();
        });
        onWillUnmount(() => this.leave());
    }

    // --- Following the run --- //

    get isOpen() {
        return OPEN_STATES.includes(this.progress.state);
    }

    async follow() {
        while (this.isOpen && !this.closed) {
            const begun = browser.performance.now();
            await this.advance();
            if (this.isOpen && browser.performance.now() - begun < PAUSE / 3) {
                // Somebody else does the work, or it waits: only look now and then.
                await new Promise((resolve) => browser.setTimeout(resolve, PAUSE));
            }
        }
    }

    async advance() {
        try {
            Object.assign(
                this.progress,
                await this.orm.call(MODEL, "advance", [[this.runId]])
            );
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                return;
            }
            this.closed = true;
            this.close();
            throw error;
        }
    }

    async leave() {
        const handOver = this.isOpen && !this.closed && !this.progress.background;
        this.closed = true;
        if (handOver) {
            await this.following;
            if (this.isOpen) {
                await this.orm.call(MODEL, "continue_in_background", [[this.runId]]);
            }
        }
    }

    // --- In words --- //

    get summary() {
        if (this.progress.preview) {
            return _t("This was a preview: nothing was written. A sync would do this:");
        }
        return _t("Completed in %(seconds)s seconds. Calls to QuickBooks: %(calls)s.", {
            seconds: formatFloat(this.progress.seconds, { digits: [16, 1] }),
            calls: formatInteger(this.progress.calls),
        });
    }

    get note() {
        if (this.progress.stopping) {
            return _t("Stopping: what is being done just now is still completed.");
        }
        if (this.progress.waiting) {
            return _t("QuickBooks asks to slow down. The sync goes on by itself in a minute.");
        }
        if (this.progress.scheduled) {
            return _t("The scheduler works on this sync. It goes on when this is closed.");
        }
        if (this.progress.background) {
            return _t("QuickBooks takes its time. The sync goes on in the background.");
        }
        return "";
    }

    get timeLeft() {
        return this.isOpen ? timeLeft(this.progress.seconds_left) : "";
    }

    icon(line) {
        return {
            waiting: "fa-circle-o text-muted",
            done: "fa-check-circle text-success",
            failed: "fa-times-circle text-danger",
            stopped: "fa-stop-circle text-muted",
        }[line.state] || "fa-refresh fa-spin text-primary";
    }

    isActive(line) {
        return ["reading", "checking", "writing"].includes(line.state);
    }

    percentage(line) {
        const expected = line.expected || line.estimate;
        return expected ? Math.min(100, Math.round((100 * line.fetched) / expected)) : 0;
    }

    figures(line) {
        return figures(line);
    }

    outcome(line) {
        const counts = [
            [line.created, _t("%s created", formatInteger(line.created))],
            [line.updated, _t("%s updated", formatInteger(line.updated))],
            [line.deactivated, _t("%s deactivated", formatInteger(line.deactivated))],
            [line.reactivated, _t("%s reactivated", formatInteger(line.reactivated))],
            [line.unchanged, _t("%s unchanged", formatInteger(line.unchanged))],
        ];
        const words = counts.filter(([count]) => count).map(([, text]) => text);
        if (line.entity === "changes") {
            return line.fetched
                ? _t("QuickBooks told of %s records", formatInteger(line.fetched))
                : _t("Nothing has changed");
        }
        const none =
            line.entity === "payments"
                ? _t("Nothing has changed")
                : _t("QuickBooks has none");
        return words.join(", ") || none;
    }

    // --- Buttons --- //

    close() {
        return this.action.doAction({ type: "ir.actions.act_window_close" });
    }

    openList(line) {
        if (this.progress.preview) {
            return this.openChanges();
        }
        return this.action.doAction(line.action);
    }

    async openChanges() {
        const action = await this.orm.call(MODEL, "action_changes", [[this.runId]]);
        return this.action.doAction(action);
    }

    hasList(line) {
        return Boolean(line.action || this.progress.preview);
    }

    async stop() {
        this.progress.stopping = true;
        await this.orm.call(MODEL, "action_stop", [[this.runId]]);
    }

    async connect() {
        const company = [this.progress.company_id];
        return this.action.doAction(
            await this.orm.call("res.company", "action_quickbooks_connect", [company])
        );
    }

    async tryAgain() {
        const action = await this.orm.call(MODEL, "action_try_again", [[this.runId]]);
        return this.action.doAction(action);
    }
}

registry.category("actions").add("quickbooks_link.sync_progress", SyncProgress);
