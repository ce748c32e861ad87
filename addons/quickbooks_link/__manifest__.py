{
    "name": "Junari QuickBooks Link",
    "summary": "Tie an Odoo company to a QuickBooks Online company",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Junari",
    "license": "LGPL-3",
    "depends": ["account"],
    "external_dependencies": {
        "python": ["cryptography", "oauthlib", "rapidfuzz", "tenacity"]
    },
    "data": [
        # Security
        "security/ir.model.access.csv",
        "security/quickbooks_security.xml",
        # Data
        "data/ir_cron.xml",
        "data/ir_cron_schedule.xml",
        "data/ir_cron_documents.xml",
        # Views
        "views/res_company_views.xml",
        "views/res_company_schedule_views.xml",
        "views/res_config_settings_views.xml",
        "views/res_config_settings_traffic_views.xml",
        "views/oauth_templates.xml",
        "views/quickbooks_customer_views.xml",
        "views/quickbooks_item_views.xml",
        "views/quickbooks_tax_code_views.xml",
        "views/quickbooks_sync_run_views.xml",
        "views/quickbooks_menus.xml",
        "views/quickbooks_suggestion_views.xml",
        "views/res_company_readiness_views.xml",
        "views/res_partner_views.xml",
        "views/quickbooks_customer_create_views.xml",
        "views/product_views.xml",
        "views/account_tax_views.xml",
        "views/quickbooks_document_views.xml",
        "views/quickbooks_document_preview_views.xml",
        "views/quickbooks_document_cancel_views.xml",
        "views/quickbooks_payment_views.xml",
        "views/account_move_views.xml",
        "views/quickbooks_call_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["quickbooks_link/static/src/**/*"],
        "web.assets_tests": ["quickbooks_link/static/tests/tours/**/*"],
    },
}
