import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const MODEL = "quickbooks.sync.run";
const OPEN_STATES = ["queued", "running"];
const ACTIVE_STATES = ["reading", "checking", "writing"];
const PAUSE = 2000;

/** Return in words in how many seconds a sync should be over. */
export function timeLeft(seconds) {
    if (seconds === null || seconds === undefined) {
        return "";
    }
    if (seconds < 60) {
        return _t("less than a minute left");
    }
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) {
        return minutes === 1 ? _t("about a minute left") : _t("about %s minutes left", minutes);
    }
    const hours = Math.round(minutes / 60);
    return hours === 1 ? _t("about an hour left") : _t("about %s hours left", hours);
}

/** Return in words how many records of a list were read, of how many. */
export function figures(line) {
    const fetched = formatInteger(line.fetched);
    if (line.expected) {
        return _t("%(fetched)s of %(expected)s", {
            fetched,
            expected: formatInteger(line.expected),
        });
    }
    if (line.estimate > line.fetched) {
        return _t("%(fetched)s of about %(estimate)s", {
            fetched,
            estimate: formatInteger(line.estimate),
        });
    }
    return line.fetched ? fetched : "";
}

/**
 * How far a sync is, kept up to date while it runs, whoever works on it.
 *
 * For a field of the run itself, or a many2one to it.
 */
export class RunProgressField extends Component {
    static template = "quickbooks_link.RunProgressField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm").silent;
        this.progress = useState({ state: null, lines: [] });
        onMounted(() => this.follow());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get runId() {
        const { record, name } = this.props;
        return record.resModel === MODEL ? record.resId : record.data[name]?.id;
    }

    get mayBeOpen() {
        const { record } = this.props;
        return record.resModel !== MODEL || OPEN_STATES.includes(record.data.state);
    }

    get isOpen() {
        return OPEN_STATES.includes(this.progress.state);
    }

    async follow() {
        if (!this.runId || !this.mayBeOpen) {
            return;
        }
        try {
            const progress = await this.orm.call(MODEL, "read_progress", [[this.runId]]);
            Object.assign(this.progress, progress[this.runId]);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
        if (this.isOpen) {
            this.timer = browser.setTimeout(() => this.follow(), PAUSE);
        } else if (this.props.record.resModel === MODEL) {
            // The other columns tell what came of it.
            await this.props.record.load();
        }
    }

    get text() {
        if (this.progress.stopping) {
            return _t("Stopping…");
        }
        if (!this.isOpen) {
            return this.progress.state ? _t("The sync is over.") : "";
        }
        const line = this.progress.lines.find((one) => ACTIVE_STATES.includes(one.state));
        const parts = line
            ? [line.label, line.step, figures(line), timeLeft(this.progress.seconds_left)]
            : [_t("A sync is under way")];
        return parts.filter(Boolean).join(" · ");
    }
}

export const runProgressField = {
    component: RunProgressField,
    supportedTypes: ["float", "many2one"],
};

registry.category("fields").add("quickbooks_run_progress", runProgressField);
