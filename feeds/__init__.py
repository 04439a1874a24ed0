"""Sources of market events: tapes, replay, generators, calendars and clocks."""
