"""Measurements against peers: each result counts only with its verdict that the outcomes agree."""
