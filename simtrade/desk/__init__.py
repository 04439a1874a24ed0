"""Ledger, risk, desk and gateway: the one path of an order."""
