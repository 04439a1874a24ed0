"""Recordings of others become tapes: one file decodes one format."""
