"""Addresses that machines call."""
