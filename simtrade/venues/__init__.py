"""Venues at run time: feed, clock, exchange and what a screen shows of them."""
