import { registry } from "@web/core/registry";

const press = (name, label) => ({
    content: `Press ${label}`,
    trigger: `.o_form_view .o_statusbar_buttons button[name=${name}]:contains(${label})`,
    run: "click",
});

const inQuickBooks = {
    content: "The badge tells that it is in QuickBooks",
    trigger:
        "button[name=action_quickbooks_open_document] " +
        "[name=quickbooks_state]:contains(In QuickBooks)",
};

const alert = (words) => ({
    content: `The banner says: ${words}`,
    trigger: `.o_form_view [name=alerts] .alert:contains(${words})`,
});

registry.category("web_tour.tours").add("quickbooks_link_document_post", {
    steps: () => [
        press("action_quickbooks_preview", "QuickBooks Preview"),
        {
            content: "The preview shows the total that QuickBooks will hold",
            trigger: ".modal .o_quickbooks_preview [name=total]:contains(144.00)",
        },
        {
            content: "Close it",
            trigger: ".modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "Confirm",
            trigger:
                "body:not(:has(.modal)) .o_statusbar_buttons " +
                "button[name=action_post]:contains(Confirm)",
            run: "click",
        },
        inQuickBooks,
        {
            content: "Open what QuickBooks holds",
            trigger: "button[name=action_quickbooks_open_document]",
            run: "click",
        },
        {
            content: "Number and total of QuickBooks are told",
            trigger:
                ".o_form_view:has([name=quickbooks_total]:contains(144.00)) " +
                "[name=url] a:contains(Open in QuickBooks)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_document_check", {
    steps: () => [
        alert("Lawn care is not linked"),
        {
            content: "A button leads to the product",
            trigger: ".o_form_view [name=alerts] a:contains(Open Lawn care)",
            run: "click",
        },
        {
            content: "The product, with its QuickBooks Product or Service",
            trigger: ".o_form_view label:contains(QuickBooks Product or Service)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_document_retry", {
    steps: () => [
        alert("Everything is mended"),
        press("action_quickbooks_send", "Send to QuickBooks"),
        inQuickBooks,
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_document_wait", {
    steps: () => [
        {
            content: "Confirm",
            trigger: ".o_statusbar_buttons button[name=action_post]:contains(Confirm)",
            run: "click",
        },
        alert("ERP Manager access"),
        {
            content: "There is no button to send it",
            trigger: "body:not(:has(button[name=action_quickbooks_send]))",
        },
        {
            content: "But one to ask for it",
            trigger: ".o_form_view [name=alerts] a:contains(Ask an ERP Manager)",
            run: "click",
        },
        alert("Asked to help"),
        press("action_invoice_sent", "Send"),
        {
            content: "The dialog tells that it waits for its number",
            trigger: ".modal .alert:contains(gets its number from QuickBooks)",
        },
        {
            content: "Send it to the customer",
            trigger: ".modal-footer button[name=action_send_and_print]",
            run: "click",
        },
        alert("It goes to the customer by itself"),
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_document_send", {
    steps: () => [
        {
            content: "It waits for an ERP manager",
            trigger: ".o_data_row td[name=hold]:contains(An ERP manager has to send it)",
        },
        {
            content: "Choose it",
            trigger: ".o_data_row:first .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Send",
            trigger: ".o_control_panel button[name=action_send]",
            run: "click",
        },
        {
            content: "It is in QuickBooks",
            trigger: ".o_data_row td[name=shown_state]:contains(In QuickBooks)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_document_many", {
    steps: () => [
        {
            content: "Choose all",
            trigger: ".o_list_view:has(.o_data_row) thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Open the actions",
            trigger: ".o_control_panel .o_cp_action_menus button:contains(Actions)",
            run: "click",
        },
        {
            content: "Confirm them all",
            trigger: ".o-dropdown-item:contains(Confirm Entries)",
            run: "click",
        },
        {
            content: "The dialog tells when all are there",
            trigger:
                ".modal .o_quickbooks_send[data-open='0'] [name=summary]:contains(31 of 31)",
            // Two batches, on a machine that may be busy.
            timeout: 60000,
        },
        {
            content: "Close it",
            trigger: ".modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The list has followed",
            trigger:
                "body:not(:has(.modal)) .o_data_row " +
                "td[name=quickbooks_state]:contains(In QuickBooks)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_document_cancel", {
    steps: () => [
        inQuickBooks,
        press("action_quickbooks_cancel", "Cancel"),
        {
            content: "The question tells what QuickBooks holds",
            trigger: ".modal [name=told]:contains(144.00)",
        },
        {
            content: "Don't cancel: nothing changes",
            trigger: ".modal-footer button[special=cancel]",
            run: "click",
        },
        {
            content: "It is still in QuickBooks",
            trigger:
                "body:not(:has(.modal)) button[name=action_quickbooks_open_document] " +
                "[name=quickbooks_state]:contains(In QuickBooks)",
        },
        press("action_quickbooks_cancel", "Cancel"),
        {
            content: "Cancel there too",
            trigger: ".modal-footer button[name=action_void]",
            run: "click",
        },
        {
            content: "It is void in QuickBooks",
            trigger:
                "button[name=action_quickbooks_open_document] " +
                "[name=quickbooks_state]:contains(Voided)",
        },
        {
            content: "And cancelled in Odoo",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Cancelled)",
        },
    ],
});
