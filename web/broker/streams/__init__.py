"""What programs follow: market data and trade updates by websocket, trade events by SSE.

codec and the modules named for values are pure; a room tells one venue's market to its sockets; a
feed tells one account's updates to its followers; the hub owns both.  docs/api/streams.md is the
contract.
"""
