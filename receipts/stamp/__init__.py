"""Puts the QR, its caption and the code onto papers that other software has made."""
