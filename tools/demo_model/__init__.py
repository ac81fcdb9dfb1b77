"""Build the embedded demo model from synthetic speech and recorded digits: see README.md."""
