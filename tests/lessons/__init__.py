"""Lessons: the format, the shipped ones, and what can reach a page."""
