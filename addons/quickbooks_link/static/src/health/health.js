import { Component, onWillStart, onWillUpdateProps, status, useState } from "@odoo/owl";

import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const ICONS = {
    success: "fa-check-circle",
    danger: "fa-times-circle",
    warning: "fa-exclamation-triangle",
    info: "fa-info-circle",
};

/** How one company's link is doing, with buttons that lead to what is to be done. */
export class HealthCard extends Component {
    static template = "quickbooks_link.HealthCard";
    static props = { health: Object, reload: Function, onTab: { type: Boolean, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get icon() {
        return ICONS[this.props.health.level];
    }

    ago(fact) {
        return deserializeDateTime(fact.at).toRelative();
    }

    exactly(fact) {
        return formatDateTime(deserializeDateTime(fact.at));
    }

    async press(method) {
        const action = await this.orm.call("res.company", method, [[this.props.health.id]]);
        if (action && typeof action === "object") {
            await this.action.doAction(action, { onClose: this.props.reload });
        }
        // The action may have left this page.
        if (status(this) !== "destroyed") {
            await this.props.reload();
        }
    }
}

/** The card on the company's own tab. */
export class HealthWidget extends Component {
    static template = "quickbooks_link.HealthWidget";
    static components = { HealthCard };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ health: null });
        onWillStart(() => {
            this.read(this.props.record.resId);
        });
        onWillUpdateProps((props) => {
            this.read(props.record.resId);
        });
    }

    async read(companyId = this.props.record.resId) {
        this.state.health =
            companyId &&
            (await this.orm.silent.call("res.company", "quickbooks_health", [[companyId]]));
    }
}

/** All companies that are selected in the company menu, a card each. */
export class Dashboard extends Component {
    static template = "quickbooks_link.Dashboard";
    static components = { HealthCard };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ cards: [] });
        onWillStart(() => this.read());
    }

    async read() {
        this.state.cards = await this.orm.call("res.company", "quickbooks_dashboard", []);
    }
}

registry.category("view_widgets").add("quickbooks_health", { component: HealthWidget });
registry.category("actions").add("quickbooks_link.dashboard", Dashboard);
