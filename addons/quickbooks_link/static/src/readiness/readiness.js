import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * What is to be mended before invoices go to QuickBooks: found when the tab is
 * opened or the record read again, each with buttons to where it is mended.
 */
export class Readiness extends Component {
    static template = "quickbooks_link.Readiness";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ findings: null });
        onWillStart(() => {
            this.check(this.props.record.resId);
        });
        onWillUpdateProps((props) => {
            this.check(props.record.resId);
        });
    }

    get summary() {
        return _t("Everything that the invoices of the last 12 months use is mapped.");
    }

    async check(companyId) {
        this.state.findings =
            companyId &&
            (await this.orm.silent.call("res.company", "quickbooks_readiness", [[companyId]]));
    }

    async mend(button) {
        const companyId = this.props.record.resId;
        const action =
            button.action ||
            (await this.orm.call("res.company", button.method, [[companyId]]));
        return this.action.doAction(action, { onClose: () => this.check(companyId) });
    }
}

registry.category("view_widgets").add("quickbooks_readiness", { component: Readiness });
