import { registry } from "@web/core/registry";

const DIALOG = ".modal .o_quickbooks_sync";

const press = (button) => ({
    content: `Press Sync Now (${button})`,
    trigger: `button[name=${button}]`,
    run: "click",
});

const done = (list, outcome) => ({
    content: `The dialog tells what came of the ${list}`,
    trigger: `${DIALOG}[data-state=done] [data-list=${list}]:contains(${outcome})`,
});

// The keyboard is on the button: Enter would do.
const close = () => ({
    content: "Close the dialog",
    trigger: ".modal-footer .btn-primary:focus:contains(Close)",
    run: "click",
});

const menu = (name) => [
    {
        content: "Open the QuickBooks menu",
        trigger: "button[data-menu-xmlid='quickbooks_link.menu_quickbooks']",
        run: "click",
    },
    {
        content: `Open ${name}`,
        trigger: `.o-dropdown--menu .dropdown-item:contains(${name})`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("quickbooks_link_sync", {
    steps: () => [
        {
            content: "Nothing was synced yet",
            trigger: "[name=quickbooks_sync]:contains(never)",
        },
        press("action_quickbooks_sync_full"),
        {
            content: "The dialog tells the figures in words",
            trigger: `${DIALOG} .alert-success:contains(Calls to QuickBooks: 4)`,
            timeout: 60000,
        },
        done("customers", "created"),
        done("items", "created"),
        done("tax_codes", "created"),
        done("payments", "created"),
        close(),
        {
            content: "The tab shows Last Completed without being reloaded",
            trigger: "[name=quickbooks_sync]:not(:contains(never))",
        },
        press("action_quickbooks_sync_customers"),
        done("customers", "unchanged"),
        {
            content: "Look at the customers",
            trigger: `${DIALOG} [data-list=customers] button:contains(View)`,
            run: "click",
        },
        {
            content: "Their balances are in their currency, and nothing can be added",
            trigger:
                ".o_list_view:not(:has(.o_list_button_add)) td[name=balance]:contains(£)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_lists", {
    steps: () => [
        ...menu("QuickBooks Customers"),
        {
            content: "Open a customer",
            trigger: ".o_data_row td[name=full_name]:contains(Bellwether Homes Ltd)",
            run: "click",
        },
        {
            content: "The form shows the balance and can't be edited",
            trigger:
                ".o_form_view .o_form_readonly [name=balance]:contains(£), " +
                ".o_form_view [name=balance].o_readonly_modifier:contains(£)",
        },
        ...menu("QuickBooks Items"),
        {
            content: "Items have a type, a SKU and a unit price in pounds",
            trigger:
                ".o_data_row:has(td[name=sku]:contains(PL-1001))" +
                ":has(td[name=item_type]:contains(Inventory))" +
                " td[name=unit_price]:contains(£)",
        },
        ...menu("QuickBooks Tax Codes"),
        {
            content: "Tax codes have a sales rate and a purchase rate",
            trigger:
                ".o_data_row:has(td[name=name]:contains(20.0% S))" +
                ":has(td[name=sales_rate]:contains(20.00))" +
                " td[name=purchase_rate]:contains(20.00)",
        },
        ...menu("Sync History"),
        {
            content: "Open the sync",
            trigger: ".o_data_row td[name=kind]:contains(Full Sync)",
            run: "click",
        },
        {
            content: "It tells what came of each list",
            trigger:
                ".o_form_view .o_data_row:has(td[name=entity]:contains(Tax Codes))" +
                " td[name=state]:contains(Done)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_sync_fault", {
    steps: () => [
        press("action_quickbooks_sync_items"),
        {
            content: "The dialog tells what happened and what to do",
            trigger: `${DIALOG}[data-state=failed] .alert-danger:contains(Connect to QuickBooks)`,
        },
        {
            content: "A button leads to the log-in",
            trigger: ".modal-footer .btn-primary:contains(Connect to QuickBooks)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Back on the tab, connected",
            trigger: ".alert-success:contains(Connected to)",
        },
        press("action_quickbooks_sync_items"),
        done("items", "created"),
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_sync_progress", {
    steps: () => [
        press("action_quickbooks_sync_customers"),
        {
            content: "A long list shows how far it is",
            trigger: `${DIALOG}[data-state=running] [data-list=customers]:contains(of) .progress-bar`,
        },
        {
            content: "It can be left to the scheduler",
            trigger: ".modal-footer .btn-secondary:contains(Continue in Background)",
            run: "click",
        },
        {
            content: "The form is back",
            trigger: "body:not(:has(.modal)) [name=quickbooks_sync]",
        },
        {
            content: "Another press shows the same sync",
            trigger: "button[name=action_quickbooks_sync_items]",
            run: "click",
        },
        {
            content: "The sync that is under way",
            trigger: `${DIALOG} .alert-info:contains(in the background)`,
        },
        {
            content: "Leave it again",
            trigger: ".modal-footer .btn:contains(Close)",
            run: "click",
        },
        {
            content: "The form is back once more",
            trigger: "body:not(:has(.modal)) [name=quickbooks_sync]",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_sync_stop", {
    steps: () => [
        press("action_quickbooks_sync_customers"),
        {
            content: "Records of records, the current step and the time left",
            trigger:
                `${DIALOG}[data-state=running]:has([data-list=customers]:contains(of 6,)` +
                `:contains(Reading from QuickBooks)):has(.o_quickbooks_sync_left:contains(left))`,
        },
        {
            content: "Stop it",
            trigger: ".modal-footer .btn:contains(Stop)",
            run: "click",
        },
        {
            content: "It has stopped",
            trigger: `${DIALOG}[data-state=stopped] .alert-warning:contains(Stopped)`,
        },
        close(),
        {
            content: "Nothing was completed",
            trigger: "body:not(:has(.modal)) [name=quickbooks_sync]:contains(never)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_sync_scheduled", {
    steps: () => [
        {
            content: "The company tab tells how far the scheduler is",
            trigger:
                "[name=quickbooks_open_run]:contains(1,000 of 2,500) .progress-bar",
        },
        {
            content: "Look closer",
            trigger: "button[name=action_quickbooks_show_run]",
            run: "click",
        },
        {
            content: "Whose sync it is",
            trigger: `${DIALOG}[data-state=running] .alert-info:contains(scheduler)`,
        },
        {
            content: "Leave it",
            trigger: ".modal-footer .btn-primary:contains(Close)",
            run: "click",
        },
        {
            content: "The dialog is gone",
            trigger: "body:not(:has(.modal)) [name=quickbooks_open_run]",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_sync_stop_in_list", {
    steps: () => [
        {
            content: "The list tells how far it is",
            trigger:
                ".o_data_row:has(.o_quickbooks_run_progress:contains(1,000 of 2,500)) " +
                "button[name=action_stop]",
            run: "click",
        },
        {
            content: "It has stopped",
            trigger: ".o_data_row td[name=state]:contains(Stopped)",
        },
    ],
});
