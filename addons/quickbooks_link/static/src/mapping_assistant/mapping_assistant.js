import { Component, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";

import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";
import { formatInteger } from "@web/views/fields/formatters";

import { ButtonListRenderer } from "../button_list";

const RUN = "quickbooks.matching.run";
const SUGGESTION = "quickbooks.suggestion";
const LISTS = [
    ["customers", _t("Customers")],
    ["items", _t("Products and Services")],
    ["tax_codes", _t("Taxes")],
];

/**
 * Stands above the list of suggestions: how far the mapping is, in each list, and
 * what is done with many at once. Long work is done a few seconds a call.
 */
export class MappingAssistant extends Component {
    static template = "quickbooks_link.MappingAssistant";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.lists = LISTS;
        this.closed = false;
        this.state = useState({ overview: {}, least: 90, sure: 0, work: null });
        onWillStart(() => this.refresh());
        onWillUpdateProps(() => this.state.work || this.refresh());
        onWillUnmount(() => {
            this.closed = true;
        });
    }

    // --- What is shown --- //

    get kind() {
        return this.props.list.context.quickbooks_kind;
    }

    get companyId() {
        return this.props.list.context.quickbooks_company_id || user.activeCompany.id;
    }

    get counts() {
        return this.state.overview[this.kind];
    }

    get percentage() {
        const { linked, proposed, odoo } = this.counts;
        const all = linked + proposed + odoo;
        return all ? Math.floor((100 * linked) / all) : 0;
    }

    get summary() {
        const { linked, proposed, odoo, quickbooks, ignored } = this.counts;
        return [
            _t("%s linked", formatInteger(linked)),
            _t("%s suggested", formatInteger(proposed)),
            _t("%s only in Odoo", formatInteger(odoo)),
            _t("%s only in QuickBooks", formatInteger(quickbooks)),
            _t("%s ignored", formatInteger(ignored)),
        ].join(" · ");
    }

    toDecide(kind) {
        const { proposed } = this.state.overview[kind];
        return proposed ? formatInteger(proposed) : "";
    }

    get workDone() {
        const { done, expected } = this.state.work;
        return expected ? Math.min(100, Math.floor((100 * done) / expected)) : 0;
    }

    async refresh() {
        const overview = this.orm.silent.call(RUN, "overview", [this.companyId]);
        const sure = this.countSure();
        this.state.overview = await overview;
        await sure;
    }

    async countSure() {
        this.state.sure = await this.orm.silent.searchCount(SUGGESTION, [
            ["company_id", "=", this.companyId],
            ["kind", "=", this.kind],
            ["state", "=", "proposed"],
            ["certainty", ">=", this.state.least],
        ]);
    }

    setLeast(ev) {
        const value = Math.round(Number(ev.target.value));
        this.state.least = Math.min(100, Math.max(1, value || 90));
        ev.target.value = this.state.least;
        return this.countSure();
    }

    // --- What is done --- //

    async show(kind) {
        const name = `quickbooks_link.action_quickbooks_suggestion_${kind}`;
        const action = await this.action.loadAction(name);
        const companyId = this.companyId;
        return this.action.doAction(
            {
                ...action,
                // Stay with the company, which need not be the current one.
                domain: [
                    ["kind", "=", kind],
                    ["company_id", "=", companyId],
                ],
                context: {
                    quickbooks_kind: kind,
                    quickbooks_company_id: companyId,
                    search_default_open: 1,
                },
            },
            { stackPosition: "replaceCurrentAction" }
        );
    }

    findMatches() {
        return this.work(_t("Comparing"), async () => {
            Object.assign(this.state.work, await this.call(RUN, "start"));
            while (this.state.work.state === "running" && !this.closed) {
                Object.assign(this.state.work, await this.call(RUN, "advance"));
            }
        });
    }

    acceptAll() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Accept all suggestions at least %s %% sure", this.state.least),
            body: _t("%s links will be made. Links that exist stay as they are.", [
                formatInteger(this.state.sure),
            ]),
            confirmLabel: _t("Accept All"),
            confirm: () => this.acceptSurest(),
            cancel: () => {},
        });
    }

    acceptSurest() {
        return this.work(_t("Linking"), async () => {
            this.state.work.expected = this.state.sure;
            let [linked, dropped, remain] = [0, 0, 1];
            while (remain && !this.closed) {
                const counts = await this.call(SUGGESTION, "accept_surest", this.state.least);
                linked += counts.linked;
                dropped += counts.dropped;
                remain = counts.remain;
                this.state.work.done = linked + dropped;
            }
            this.tell(linked, dropped);
        });
    }

    tell(linked, dropped) {
        const words = [_t("%s linked.", formatInteger(linked))];
        if (dropped) {
            words.push(_t("%s were linked otherwise meanwhile.", formatInteger(dropped)));
        }
        this.notification.add(words.join(" "), { type: "success" });
    }

    call(model, method, ...args) {
        return this.orm.silent.call(model, method, [this.companyId, this.kind, ...args]);
    }

    async work(title, task) {
        this.state.work = { title, done: 0, expected: 0 };
        try {
            await task();
        } finally {
            this.state.work = null;
            if (!this.closed) {
                await Promise.all([this.props.list.model.load(), this.refresh()]);
            }
        }
    }
}

export class MappingAssistantRenderer extends ButtonListRenderer {
    static template = "quickbooks_link.MappingAssistantRenderer";
    static components = { ...ButtonListRenderer.components, MappingAssistant };
}

registry.category("views").add("quickbooks_suggestion_list", {
    ...listView,
    Renderer: MappingAssistantRenderer,
});

export class MappingAssistantKanbanRenderer extends KanbanRenderer {
    static template = "quickbooks_link.MappingAssistantKanbanRenderer";
    static components = { ...KanbanRenderer.components, MappingAssistant };
}

// Cards, for windows that are too narrow for the list.
registry.category("views").add("quickbooks_suggestion_kanban", {
    ...kanbanView,
    Renderer: MappingAssistantKanbanRenderer,
});
