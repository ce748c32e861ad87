import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("quickbooks_link_accept_suggestions", {
    steps: () => [
        {
            content: "Look for matches",
            trigger: ".o_quickbooks_find",
            run: "click",
        },
        {
            content: "The surest come with their reasons",
            trigger: ".o_data_row:contains(Nook Trading):contains(Same e-mail)",
        },
        {
            content: "Accept one",
            trigger: ".o_data_row:contains(Nook Trading) button[name=action_accept]",
            run: "click",
        },
        {
            content: "It is counted as linked, and leaves the list",
            trigger: ".o_quickbooks_mapping_summary:contains(1 linked · 2 suggested)",
        },
        {
            trigger: "body:not(:has(.o_data_row:contains(Nook Trading)))",
        },
        {
            content: "Ignore a pair for good",
            trigger: ".o_data_row:contains(Selby Turf) button[name=action_ignore]",
            run: "click",
        },
        {
            trigger: ".o_quickbooks_mapping_summary:contains(1 suggested):contains(1 ignored)",
        },
        {
            content: "Accept all that are sure enough",
            trigger: ".o_quickbooks_least",
            run: "edit 95",
        },
        {
            trigger: ".o_quickbooks_accept_all:contains((1))",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary:contains(Accept All)",
            run: "click",
        },
        {
            content: "They are linked",
            trigger: ".o_quickbooks_mapping_summary:contains(2 linked · 0 suggested)",
        },
        {
            content: "The other lists are a click away",
            trigger: "[data-list=tax_codes]",
            run: "click",
        },
        {
            trigger: "[data-list=tax_codes].active",
        },
        {
            trigger: "th:contains(Tax in Odoo)",
        },
    ],
});

registry.category("web_tour.tours").add("quickbooks_link_readiness", {
    steps: () => [
        {
            content: "The tab tells what is missing",
            trigger: "[data-finding=unmapped_customers]:contains(Nook Trading)",
        },
        {
            content: "And leads to where it is mended",
            trigger: "[data-finding=unmapped_customers] button:contains(Mapping Assistant)",
            run: "click",
        },
        {
            trigger: "[data-list=customers].active",
        },
    ],
});
