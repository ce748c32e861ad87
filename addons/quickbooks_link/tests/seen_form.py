"""What a person sees of a form, as the web client shows it."""

from lxml import etree
from odoo.tools.safe_eval import safe_eval


class SeenForm:
    """The form of a record as its user gets it: groups and conditions applied.

    :param record: a record, with the user and the companies of who looks at it
    :param view: XML ID of the form, by default the model's own
    """

    def __init__(self, record, view=None):
        view_id = view and record.env.ref(view).id
        arch = record.get_view(view_id, "form")["arch"]
        self.root = etree.fromstring(arch)
        names = {node.get("name") for node in self._fields(self.root)}
        [values] = record.read(list(names), load=None)
        self.values = {**values, "context": {}, "uid": record.env.uid}
        self.strings = {
            name: field["string"]
            for name, field in record.fields_get(list(names), ["string"]).items()
        }

    def find(self, path):
        """Return the one node at the XPath ``path``."""
        [node] = self.root.xpath(path)
        return node

    def shows(self, node):
        """Return whether ``node`` is visible, and all that it is in."""
        return not any(map(self._is_hidden, (node, *node.iterancestors())))

    def labels(self, within):
        """Return the labels of the visible fields in a node, by the fields' names."""
        return {
            node.get("name"): self._label(node, within)
            for node in self._fields(within)
            if self.shows(node)
        }

    def buttons(self, within):
        """Return what the visible buttons in a node do, by their labels."""
        return {
            node.get("string"): node.get("name")
            for node in within.iter("button")
            if self.shows(node)
        }

    def texts(self, within):
        """Return the visible texts in a node."""
        return [
            node.text.strip()
            for node in within.iter("strong", "span", "div", "p")
            if (node.text or "").strip() and self.shows(node)
        ]

    def _is_hidden(self, node):
        condition = node.get("invisible")
        return bool(condition) and bool(safe_eval(condition, dict(self.values)))

    def _label(self, node, within):
        name = node.get("name")
        labels = within.xpath(f".//label[@for='{name}']")
        given = [one.get("string") for one in (*labels, node) if one.get("string")]
        return given[0] if given else self.strings[name]

    def _fields(self, within):
        """Return the fields of the record itself: those of lists in it are not."""
        return [
            node
            for node in within.iter("field")
            if node is within
            or not any(one.tag == "field" for one in node.iterancestors())
        ]
