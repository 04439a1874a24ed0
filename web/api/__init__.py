"""Own JSON over HTTP: what charts and the polling fallback need."""
