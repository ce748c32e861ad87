import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("quickbooks_link_dashboard", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open Invoicing",
            trigger: ".o_app[data-menu-xmlid='account.menu_finance']",
            run: "click",
        },
        {
            content: "Open the menu QuickBooks",
            trigger: "button[data-menu-xmlid='quickbooks_link.menu_quickbooks']",
            run: "click",
        },
        {
            content: "Open the dashboard",
            trigger: ".o-dropdown--menu .dropdown-item:contains(Dashboard)",
            run: "click",
        },
        {
            content: "The card tells that something needs attention",
            trigger: ".o_quickbooks_health[data-level=warning]:contains(Brook & Sons Ltd)",
        },
        {
            content: "It tells as whom the company is connected, and when it was heard",
            trigger: "[data-fact^=user]:contains(bookkeeper):contains(at least until)",
        },
        {
            content: "It tells how long ago QuickBooks answered",
            trigger: "[data-fact=answer]:contains(ago)",
        },
        {
            content: "Two documents need attention: go there",
            trigger: "[data-count=attention]:contains(2)",
            run: "click",
        },
        {
            content: "Here they are",
            trigger: ".o_list_view .o_data_row:nth-child(2):contains(Needs Attention)",
        },
        {
            content: "Back to the dashboard",
            trigger: ".o_breadcrumb a:contains(QuickBooks Dashboard), .breadcrumb a:contains(QuickBooks Dashboard)",
            run: "click",
        },
        {
            content: "Open the company's tab",
            trigger: ".o_quickbooks_health button:contains(Settings)",
            run: "click",
        },
        {
            content: "The tab shows the same",
            trigger:
                ".tab-pane.active .o_quickbooks_health[data-level=warning]:contains(Need attention)",
        },
    ],
});
