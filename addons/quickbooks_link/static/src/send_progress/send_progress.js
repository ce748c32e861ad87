import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { useFocusWhenOver } from "../dialog_focus";

const MODEL = "quickbooks.document";

/**
 * Shows how many documents have reached QuickBooks while they are sent.
 *
 * Each call of `advance_sending` sends a batch. Closing the dialog leaves the rest to
 * the scheduler.
 */
export class SendProgress extends Component {
    static template = "quickbooks_link.SendProgress";
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm").silent;
        this.ids = this.props.action.params.document_ids;
        const total = this.ids.length;
        this.progress = useState({ total, sent: 0, attention: 0, later: 0, open: total });
        this.closed = false;
        useFocusWhenOver(this.env.dialogId, () => !this.progress.open);
        onMounted(() => this.follow());
        onWillUnmount(() => {
            this.closed = true;
        });
    }

    async follow() {
        while (this.progress.open && !this.closed) {
            try {
                const progress = await this.orm.call(MODEL, "advance_sending", [this.ids]);
                Object.assign(this.progress, progress);
            } catch (error) {
                if (!(error instanceof ConnectionLostError)) {
                    this.closed = true;
                    throw error;
                }
                return;
            }
        }
    }

    get percentage() {
        const { total, open } = this.progress;
        return Math.round((100 * (total - open)) / total);
    }

    get summary() {
        return _t("%(sent)s of %(total)s are in QuickBooks.", {
            sent: formatInteger(this.progress.sent),
            total: formatInteger(this.progress.total),
        });
    }

    get attention() {
        return _t("%s need attention. Each says why.", formatInteger(this.progress.attention));
    }

    get later() {
        return _t("%s wait, and are tried again by themselves or once somebody logs in.", formatInteger(this.progress.later));
    }

    async close() {
        await this.action.doAction({ type: "ir.actions.act_window_close" });
        return this.action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
    }

    showAttention() {
        return this.action.doAction("quickbooks_link.action_quickbooks_document", {
            additionalContext: { search_default_failed: 1 },
        });
    }
}

registry.category("actions").add("quickbooks_link.send_progress", SendProgress);
