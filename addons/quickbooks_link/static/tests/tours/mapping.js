import { registry } from "@web/core/registry";

const openSection = () => ({
    content: "Open the section QuickBooks Link",
    trigger: "a.nav-link[name=quickbooks_link]",
    run: "click",
});

const press = (button) => ({
    content: `Press ${button}`,
    trigger: `button[name=${button}]:not(:disabled)`,
    run: "click",
});

const save = () => [
    {
        content: "Save",
        trigger: ".o_form_button_save",
        run: "click",
    },
    {
        content: "Saved",
        trigger: ".o_form_saved",
    },
];

const choose = (field, text) => [
    {
        content: `Look for ${text}`,
        trigger: `.o_field_widget[name=${field}] input`,
        run: `edit ${text}`,
    },
    {
        content: `Choose ${text}`,
        trigger: `.o-autocomplete--dropdown-item:contains(${text})`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("quickbooks_link_create_customer", {
    steps: () => [
        openSection(),
        press("action_quickbooks_create_customer"),
        {
            content: "All that is missing is listed at once",
            trigger: ".modal:contains(Validation Error):contains(Postcode):contains(Phone)",
        },
        {
            content: "A button leads to the record to mend",
            trigger: ".modal .btn-primary:contains(Open Harrow & Pike Ltd)",
            run: "click",
        },
        {
            content: "The form opens anew, at its first tab",
            trigger:
                "body:not(:has(.modal)) a.nav-link.active[name=contact_addresses]",
        },
        {
            content: "Fill in the postcode",
            trigger: ".o_field_widget[name=zip] input",
            run: "edit LS22 6NB",
        },
        {
            content: "Fill in the phone number",
            trigger: ".o_field_widget[name=phone] input",
            run: "edit 01632 960233",
        },
        ...save(),
        openSection(),
        press("action_quickbooks_create_customer"),
        {
            content: "It was created",
            trigger: ".o_notification:contains(was created in QuickBooks)",
        },
        {
            content: "The section shows the linked customer",
            trigger: "[name=quickbooks_status]:contains(Active)",
        },
        {
            content: "And its currency",
            trigger: "[name=quickbooks_currency_id]:contains(GBP)",
        },
        press("action_quickbooks_refresh"),
        {
            content: "It was refreshed",
            trigger: ".o_notification:contains(those of QuickBooks now)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_link_customer", {
    steps: () => [
        openSection(),
        press("action_quickbooks_create_customer"),
        {
            content: "QuickBooks has a customer of this name",
            trigger: ".modal .alert-warning:contains(already used by a customer)",
        },
        {
            content: "Link it",
            trigger: ".modal button[name=action_link]",
            run: "click",
        },
        {
            content: "What differs is shown",
            trigger: "[name=quickbooks_differences]:contains(rachel@ainsty.example)",
        },
        press("action_quickbooks_send_changes"),
        {
            content: "Odoo asks first",
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "Nothing differs any more",
            trigger: "body:not(:has(div[name=quickbooks_differences]:visible)):has(.o_notification:contains(has the changes))",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_choose_customer", {
    steps: () => [
        openSection(),
        ...choose("quickbooks_customer_id", "Ainsty"),
        ...save(),
        openSection(),
        {
            content: "The balance is shown",
            trigger: "[name=quickbooks_balance]:contains(£)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_map_template", {
    steps: () => [
        ...choose("quickbooks_item_id", "Lawn mowing"),
        ...save(),
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_map_variant", {
    steps: () => [
        {
            content: "The template's item is what counts so far",
            trigger: "[name=quickbooks_item_id] input[placeholder*='Lawn mowing']",
        },
        ...choose("quickbooks_item_id", "Hedge cutting"),
        ...save(),
    ],
});

const cell = (tax) =>
    `.o_data_row:has(td[name=name]:contains(${tax})) td[name=quickbooks_tax_code_id]`;

registry.category("web_tour.tours").add("quickbooks_link_map_tax", {
    steps: () => [
        {
            content: "Tick the tax",
            trigger: ".o_data_row:has(td[name=name]:contains(Mapped in the list)) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Enter the cell",
            trigger: cell("Mapped in the list"),
            run: "click",
        },
        {
            content: "Look for the tax code",
            trigger: `${cell("Mapped in the list")} input`,
            run: "edit 5.0% R",
        },
        {
            content: "Choose it; there is nothing to create",
            trigger:
                ".o-autocomplete--dropdown-menu:not(:contains(Create)) .o-autocomplete--dropdown-item:contains(5.0% R):not(:contains(RC))",
            run: "click",
        },
        {
            content: "The rates differ, and the list says so",
            trigger: "td[name=quickbooks_rate_note]:contains(20% here, 5% in QuickBooks)",
        },
    ],
});
