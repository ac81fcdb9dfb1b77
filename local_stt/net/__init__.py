"""HTTP and WebSockets: who may ask, and what every answer has."""
