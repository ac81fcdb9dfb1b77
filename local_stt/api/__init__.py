"""The HTTP API: calls, dialling, uploads, and the schemas that describe them."""
