"""The promises of the user interface, checked in a real browser against a real server."""
