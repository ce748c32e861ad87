import { registry } from "@web/core/registry";

const DIALOG = ".modal .o_quickbooks_sync";

registry.category("web_tour.tours").add("quickbooks_link_payment_sync", {
    steps: () => [
        {
            content: "Press Sync Now of Invoices and Payments",
            trigger: "button[name=action_quickbooks_sync_payments]",
            run: "click",
        },
        {
            content: "The dialog tells what came of it",
            trigger: `${DIALOG}[data-state=done] [data-list=payments]:contains(created)`,
            timeout: 60000,
        },
        {
            content: "Look at the payments",
            trigger: `${DIALOG} [data-list=payments] button:contains(View)`,
            run: "click",
        },
        {
            content: "The payment is in Odoo",
            trigger: ".o_data_row:contains(TOUR 1):contains(In Odoo) td[name=reference]",
            run: "click",
        },
        {
            content: "The form tells what it was applied to, and can't be edited",
            trigger:
                ".o_form_view .o_form_readonly [name=allocation_ids] .o_data_row:contains(Invoice)",
        },
        {
            content: "It leads to the payment in Odoo",
            trigger: "button[name=action_open_payment]",
            run: "click",
        },
        {
            content: "Which is paid, and leads back",
            trigger:
                ".o_form_view:has(button[name=action_quickbooks_open_payment]) " +
                ".o_field_widget[name=amount]:contains(120.00)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_payment_paid", {
    steps: () => [
        {
            content: "The invoice is paid",
            trigger: ".o_form_view .ribbon:contains(Paid)",
        },
        {
            content: "And in QuickBooks too",
            trigger:
                "button[name=action_quickbooks_open_document] " +
                "[name=quickbooks_paid]:contains(Paid)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_document_changed", {
    steps: () => [
        {
            content: "The banner tells that it was changed there",
            trigger:
                ".o_form_view [name=alerts] .alert:contains(It was changed in QuickBooks)",
        },
        {
            content: "Press Decide",
            trigger: ".o_form_view [name=alerts] a:contains(Decide)",
            run: "click",
        },
        {
            content: "Both versions are shown",
            trigger: ".o_form_view [name=versions] td:contains(01/31/2027)",
        },
        {
            content: "Keep QuickBooks'",
            trigger: "button[name=action_keep_quickbooks]",
            run: "click",
        },
        {
            content: "There is nothing left to decide",
            trigger:
                ".o_form_view:not(:has(button[name=action_keep_quickbooks])) " +
                ".o_arrow_button_current:contains(In QuickBooks)",
        },
    ],
});
