"""The broker-compatible API: the addresses and shapes of Alpaca's Trading API v2.

Compatible with it, not affiliated with its makers.  ``docs/api/`` says what is offered.
"""
