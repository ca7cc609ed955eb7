"""Every text a citizen can receive."""
