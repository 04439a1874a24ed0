"""Pages, fragments, websockets and the sentences people read."""
