import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

// An amount of QuickBooks', also in a currency that isn't active in Odoo: the web
// client knows no sign for those, so their code follows.
export class QuickBooksMoneyField extends MonetaryField {
    get formattedValue() {
        const shown = super.formattedValue;
        const { currencyField, name, record } = this.props;
        const field = currencyField || record.fields[name].currency_field || "currency_id";
        const currency = record.data[field];
        return currency && !this.currency ? `${shown}${this.nbsp}${currency.display_name}` : shown;
    }
}

registry.category("fields").add("quickbooks_money", {
    ...monetaryField,
    component: QuickBooksMoneyField,
});
