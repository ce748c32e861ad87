import logging

from odoo import http
from odoo.http import request

from ..models.quickbooks_app_webhooks import WEBHOOK_PATH
from ..qbo import webhooks

_logger = logging.getLogger(__name__)


class QuickBooksWebhookController(http.Controller):
    """Intuit tells here that something has changed in a QuickBooks company."""

    @http.route(
        WEBHOOK_PATH,
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=webhooks.MAX_BODY,
    )
    def listen(self, **_parameters):
        """Verify, note, wake the scheduler, answer.

        Who has no signature of ours learns nothing at all. Who has one gets 200,
        even for what can't be read: Intuit would send it again and again, and hold
        back what comes after it.
        """
        body = request.httprequest.get_data()
        signature = request.httprequest.headers.get(webhooks.SIGNATURE_HEADER, "")
        environments = request.env["quickbooks.app"]._webhook_signers(body, signature)
        if not environments:
            return request.make_response("", status=401)
        self._note(body, environments)
        return request.make_response("")

    def _note(self, body, environments):
        try:
            events = webhooks.parse(body)
        except webhooks.WebhookFormatError as error:
            _logger.warning("Intuit sent a webhook that could not be read: %s", error)
            return
        realm_ids = {event.realm_id for event in events}
        request.env["quickbooks.webhook"].sudo()._hear(realm_ids, environments)
