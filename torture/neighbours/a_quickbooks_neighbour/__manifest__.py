{
    "name": "Neighbour of Junari QuickBooks Link (a)",
    "summary": "Extends what the link extends too. For tests alone",
    "version": "19.0.1.0.0",
    "author": "Junari",
    "license": "LGPL-3",
    "depends": ["account"],
    "data": ["views/views.xml"],
}
