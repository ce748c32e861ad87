"""What stands between the socket and the API: gateway, limits, faults and counting."""
