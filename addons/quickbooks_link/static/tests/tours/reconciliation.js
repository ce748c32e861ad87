import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("quickbooks_link_reconciliation", {
    steps: () => [
        {
            content: "Reconcile",
            trigger: ".o_form_view button[name=action_start]:contains(Reconcile)",
            run: "click",
        },
        {
            content: "The books differ",
            trigger: ".o_form_view [name=differs]:contains(The books differ)",
        },
        {
            content: "There is one finding",
            trigger: "button[name=action_findings] .o_stat_value:contains(1)",
        },
        {
            content: "The summary tells what is owed in each",
            trigger: ".o_quickbooks_reconciliation_summary:contains(Owed by customers today)",
        },
        {
            content: "Look at it",
            trigger: "button[name=action_findings]",
            run: "click",
        },
        {
            content: "It is in Odoo only: send it",
            trigger: ".o_data_row:contains(In Odoo only) button[name=action_send]",
            run: "click",
        },
        {
            content: "Nothing is left to mend",
            trigger: ".o_list_view .o_view_nocontent:contains(Nothing differs)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_preview", {
    steps: () => [
        {
            content: "Open the tab",
            trigger: ".o_form_view a[name=quickbooks_link]",
            run: "click",
        },
        {
            content: "Preview",
            trigger:
                "button[aria-label='Preview: Customers and Account Balances']:contains(Preview)",
            run: "click",
        },
        {
            content: "It says that nothing was written",
            trigger: ".modal .o_quickbooks_sync:contains(nothing was written)",
        },
        {
            content: "See what it would do",
            trigger: ".modal .o_quickbooks_sync_line button:contains(View)",
            run: "click",
        },
        {
            content: "Field by field",
            trigger: ".o_data_row:contains(Pays late) td[name=kind]:contains(Change)",
        },
    ],
});
