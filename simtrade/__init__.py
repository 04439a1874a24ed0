"""The application: ledger, desk, venues, people, store, command line."""
