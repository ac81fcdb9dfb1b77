"""Train the network that estimates the upper band of phone audio: see README.md."""
