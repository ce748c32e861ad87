import { registry } from "@web/core/registry";

const openTab = () => ({
    content: "The tab is open",
    trigger: "a.nav-link.active[name=quickbooks_link]",
});

registry.category("web_tour.tours").add("quickbooks_link_connect", {
    steps: () => [
        openTab(),
        {
            content: "The link does not exist yet, and the tab says what to do",
            trigger: ".alert-info:contains(Not connected. Press Connect to QuickBooks)",
        },
        {
            content: "Leave for QuickBooks, approve there and come back",
            trigger: "button[name=action_quickbooks_connect]",
            run: "click",
            expectUnloadPage: true,
        },
        openTab(),
        {
            content: "The tab tells which QuickBooks company is linked",
            trigger: ".alert-success:contains(Connected to)",
        },
        {
            content: "Verify the link",
            trigger: "button[name=action_quickbooks_test]",
            run: "click",
        },
        {
            content: "A notification names the QuickBooks company",
            trigger: ".o_notification:contains(QuickBooks answers)",
        },
        {
            content: "Reset everything",
            trigger: "button[name=action_quickbooks_disconnect]",
            run: "click",
        },
        {
            content: "Odoo asks first",
            trigger: ".modal:contains(Disconnect?) .btn-primary",
            run: "click",
        },
        {
            content: "Disconnected, and the QuickBooks company is remembered",
            trigger: ".alert-info:contains(is remembered)",
        },
    ],
});
