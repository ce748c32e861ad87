"""Reports in Intuit's shape, with figures that follow from the postings."""
