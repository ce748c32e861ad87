from . import (
    account_move_send,
    base_partner_merge,
    quickbooks_customer_create,
    quickbooks_document_cancel,
    quickbooks_document_preview,
    quickbooks_document_take,
    quickbooks_reconciliation_ignore,
    quickbooks_send_preview,
    validate_account_move,
)
