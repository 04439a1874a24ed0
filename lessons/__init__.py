"""Lessons: format, parsing and the shipped curriculum."""
