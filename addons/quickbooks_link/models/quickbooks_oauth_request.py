import hmac
import secrets
from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools.misc import hash_sign, verify_hash_signed

SCOPE = "quickbooks_link.oauth_state"
LIFETIME = timedelta(minutes=15)


class QuickBooksOauthRequest(models.Model):
    """A person on the way to Intuit's consent page and back.

    The ``state`` that travels with them is signed, and names one of these rows,
    which is deleted when they return: it serves once, for this user, this company
    and this browser session, and for a quarter of an hour.
    """

    _name = "quickbooks.oauth.request"
    _description = "QuickBooks Log-in in Progress"

    nonce = fields.Char(required=True, groups=fields.NO_ACCESS, index=True)
    session_digest = fields.Char(required=True, groups=fields.NO_ACCESS)
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    environment = fields.Char(required=True)
    expires_at = fields.Datetime(required=True)

    @api.model
    def _open(self, company, environment, session_id):
        """Note that the current user leaves for Intuit; return the ``state``."""
        nonce = secrets.token_urlsafe(32)
        self.sudo().create(
            {
                "nonce": nonce,
                "session_digest": self._digest(session_id),
                "user_id": self.env.uid,
                "company_id": company.id,
                "environment": environment,
                "expires_at": fields.Datetime.now() + LIFETIME,
            }
        )
        return hash_sign(self.sudo().env, SCOPE, nonce, expiration=LIFETIME)

    @api.model
    def _close(self, state, session_id):
        """Return the company and environment of ``state`` and use it up.

        :return: the pair, or ``None`` if the state is forged, expired, already
            used, or another user's or another session's
        """
        request = self.sudo().search([("nonce", "=", self._nonce(state))])
        if not request.try_lock_for_update():
            return None
        found = request if request._is_ours(session_id) else None
        answer = found and (found.company_id, found.environment)
        request.unlink()
        return answer and (answer[0].with_env(self.env), answer[1])

    def _is_ours(self, session_id):
        return (
            self.user_id == self.env.user
            and self.expires_at > fields.Datetime.now()
            and hmac.compare_digest(self.session_digest, self._digest(session_id))
        )

    @api.model
    def _nonce(self, state):
        try:
            return verify_hash_signed(self.sudo().env, SCOPE, state or "")
        except (ValueError, IndexError):
            return None

    @api.model
    def _digest(self, session_id):
        return sha256(session_id.encode()).hexdigest()

    @api.autovacuum
    def _gc_expired(self):
        """Delete the rows of people who never came back."""
        self.sudo().search([("expires_at", "<", fields.Datetime.now())]).unlink()
