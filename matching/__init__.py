"""The exchange: commands in, events out. Pure, synchronous, deterministic."""
