import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const OPEN_STATES = ["queued", "running"];
const PAUSE = 1500;

/**
 * Drives a reconciliation while its form is open, and shows how far it is.
 *
 * Each call of `advance` does a few seconds of the work; whoever leaves the form
 * leaves the rest to the scheduler.
 */
export class ReconciliationProgress extends Component {
    static template = "quickbooks_link.ReconciliationProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm").silent;
        this.told = useState({ state: "queued", percent: 0, step: "" });
        this.left = false;
        onMounted(() => this.follow());
        onWillUnmount(() => (this.left = true));
    }

    async follow() {
        while (!this.left && OPEN_STATES.includes(this.told.state)) {
            const begun = browser.performance.now();
            await this.advance();
            if (browser.performance.now() - begun < PAUSE / 3) {
                // Somebody else does the work, or it waits: only look now and then.
                await new Promise((resolve) => browser.setTimeout(resolve, PAUSE));
            }
        }
        if (!this.left) {
            await this.props.record.load();
        }
    }

    async advance() {
        const { resModel, resId } = this.props.record;
        try {
            Object.assign(this.told, await this.orm.call(resModel, "advance", [[resId]]));
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                this.left = true;
                throw error;
            }
        }
    }

    get figures() {
        return this.told.expected
            ? _t("%(fetched)s of %(expected)s documents", {
                  fetched: formatInteger(this.told.fetched),
                  expected: formatInteger(this.told.expected),
              })
            : "";
    }
}

registry.category("view_widgets").add("quickbooks_reconciliation_progress", {
    component: ReconciliationProgress,
});
