"""Documents by e-mail: nothing is sent, but everything looks as if it had been."""

from qbo_simulator.clock import stamp
from qbo_simulator.company import Company, Record
from qbo_simulator.entities.people import check_contacts
from qbo_simulator.errors import ServiceFault, required
from qbo_simulator.webhooks.catalogue import EMAILED


def send(company: Company, entity: str, record_id: str, to: str) -> Record:
    """Mark a document as sent (qbo-api.md 2.2). Raises 6420 without an address."""
    record = company.get(entity, record_id)
    body = dict(record.body)
    if entity == "Payment" and not to:
        raise required("sendTo")
    if to and entity != "Payment":
        body["BillEmail"] = {**body.get("BillEmail", {}), "Address": to}
    check_contacts({"BillEmail": {"Address": to}} if to else body)
    if entity != "Payment":
        if not body.get("BillEmail", {}).get("Address"):
            raise ServiceFault("6420", "BillEmail")
        body["EmailStatus"] = "EmailSent"
        delivered = {"DeliveryType": "Email", "DeliveryTime": stamp(company.now)}
        body["DeliveryInfo"] = delivered
    sent = company.save(record, body)
    company.changes.note(entity, sent.id, EMAILED)
    return sent
