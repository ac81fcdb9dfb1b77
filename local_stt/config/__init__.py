"""Settings: what there is to set, how it is written, and what callers get by the number they call."""
