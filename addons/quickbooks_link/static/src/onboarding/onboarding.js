import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The first steps, from the app keys to the first invoice; gone when all are done. */
export class Onboarding extends Component {
    static template = "quickbooks_link.Onboarding";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ steps: [] });
        onWillStart(() => {
            this.read(this.props.record.resId);
        });
        onWillUpdateProps((props) => {
            this.read(props.record.resId);
        });
    }

    get done() {
        return this.state.steps.filter((step) => step.done).length;
    }

    /** The first step that is not done is the one to do now. */
    isNext(step) {
        return step === this.state.steps.find((one) => !one.done);
    }

    async read(companyId) {
        this.state.steps = companyId
            ? await this.orm.silent.call("res.company", "quickbooks_onboarding", [[companyId]])
            : [];
    }

    async press(step) {
        await this.props.record.save();
        const companyId = this.props.record.resId;
        const action = await this.orm.call("res.company", step.method, [[companyId]]);
        return this.action.doAction(action, { onClose: () => this.read(companyId) });
    }

    async close() {
        const companyId = this.props.record.resId;
        await this.orm.call("res.company", "action_quickbooks_close_onboarding", [[companyId]]);
        await this.read(companyId);
    }
}

registry.category("view_widgets").add("quickbooks_onboarding", { component: Onboarding });
