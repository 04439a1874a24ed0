"""Live sockets: ``/ws`` reports quotes to everybody and orders to their owner.

frames and vocabulary are pure; a room encodes once and writes to all; a mailbox is one browser;
the hub owns both; protocol and endpoint join them to the server.  docs/live.md is the contract.
"""
