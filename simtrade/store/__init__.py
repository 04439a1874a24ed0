"""The only place that speaks SQL: engine.db for the desk, app.db for people."""
