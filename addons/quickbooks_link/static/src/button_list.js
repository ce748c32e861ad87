import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/**
 * A list whose rows have buttons, for people without a mouse: Enter presses the button
 * that has the keyboard. In Odoo's own list it opens the record all the same.
 */
export class ButtonListRenderer extends ListRenderer {
    onCellKeydownReadOnlyMode(hotkey, cell, group, record) {
        const button = record && document.activeElement.closest("td button");
        if (hotkey === "enter" && button && cell.contains(button)) {
            button.click();
            return true;
        }
        return super.onCellKeydownReadOnlyMode(hotkey, cell, group, record);
    }
}

registry.category("views").add("quickbooks_button_list", {
    ...listView,
    Renderer: ButtonListRenderer,
});
