"""Markets as they happen: what vendors say, the one file of sockets, the recorder and its feed."""
