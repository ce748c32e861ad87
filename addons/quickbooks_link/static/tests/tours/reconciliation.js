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
            content: "There are three findings",
            trigger: "button[name=action_findings] .o_stat_value:contains(3)",
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
            content: "An amount in a currency that isn't active shows its code",
            trigger: ".o_data_row:contains(QB-9) [name=quickbooks_total]:contains(EUR)",
        },
        {
            content: "It is in Odoo only: send it",
            trigger: ".o_data_row:contains(In Odoo only) button[name=action_send]",
            run: "click",
        },
        {
            content: "It is mended, and another was changed there: look at it",
            trigger:
                ".o_list_view:not(:contains(In Odoo only)) .o_data_row:contains(Different) button[name=action_take]",
            run: "click",
        },
        {
            content: "It is shown field by field",
            trigger: ".modal [name=changes] tr:contains(Due Date):contains(01/31/2027)",
        },
        {
            content: "Take it over",
            trigger: ".modal footer button[name=action_take]",
            run: "click",
        },
        {
            content: "A third one is from before Odoo: ignore it, by keyboard",
            trigger:
                ".o_list_view:not(:contains(Different)) .o_data_row:contains(QB-9) button[name=action_ignore]",
            async run(helpers) {
                helpers.anchor.focus();
                await helpers.press("Enter");
            },
        },
        {
            content: "Say why",
            trigger: ".modal [name=reason] input",
            run: "edit from before Odoo",
        },
        {
            content: "Ignore it",
            trigger: ".modal footer button[name=action_ignore]",
            run: "click",
        },
        {
            content: "Nothing is left to mend",
            trigger:
                "body:not(:has(.modal)) .o_list_view .o_view_nocontent:contains(Nothing differs)",
        },
        {
            content: "Go back",
            trigger: ".o_back_button:contains(to)",
            run: "click",
        },
        {
            content: "Reconcile again",
            trigger: ".o_form_view button[name=action_start]:contains(Reconcile Again)",
            run: "click",
        },
        {
            content: "Both books agree, but for what was ignored",
            trigger:
                ".o_form_view [name=agrees] span:contains(Both books agree, but for):not(.o_invisible_modifier)",
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
