import { registry } from "@web/core/registry";

const LISTS = [
    ["customer", "QuickBooks Customers"],
    ["item", "QuickBooks Items"],
    ["tax_code", "QuickBooks Tax Codes"],
    ["document", "QuickBooks Documents"],
    ["payment", "QuickBooks Payments"],
    ["payment_request", "Payments for QuickBooks"],
    ["sync_run", "Sync History"],
    ["call", "QuickBooks History"],
    ["reconciliation", "QuickBooks Reconciliation"],
];

function checkWidth() {
    const { scrollWidth, className } = document.querySelector(".o_content");
    if (scrollWidth > window.innerWidth) {
        throw new Error(`${className} is ${scrollWidth} wide, of ${window.innerWidth}`);
    }
}

const open = (name, title) => [
    {
        content: `Open ${title}`,
        trigger: ".o_action_manager",
        run: () =>
            odoo.__WOWL_DEBUG__.root.env.services.action.doAction(
                `quickbooks_link.action_quickbooks_${name}`,
                { clearBreadcrumbs: true }
            ),
    },
    {
        content: `${title} comes as cards that need no scrolling sideways`,
        trigger: `.o_web_client:has(.o_main_navbar:contains(${title})) .o_kanban_renderer`,
        run: checkWidth,
    },
];

registry.category("web_tour.tours").add("quickbooks_link_narrow", {
    steps: () => [
        {
            content: "Look for matches",
            trigger: ".o_quickbooks_find",
            run: "click",
        },
        {
            content: "The surest comes first, with its reason",
            trigger: ".o_kanban_record:first:contains(Nook Trading):contains(Same e-mail)",
            run: checkWidth,
        },
        {
            content: "Accept it",
            trigger: ".o_kanban_record:contains(Nook Trading) button[name=action_accept]",
            run: "click",
        },
        {
            trigger: ".o_quickbooks_mapping_summary:contains(1 linked · 2 suggested)",
        },
        {
            trigger: "body:not(:has(.o_kanban_record:contains(Nook Trading)))",
        },
        ...LISTS.flatMap(([name, title]) => open(name, title)),
    ],
});
