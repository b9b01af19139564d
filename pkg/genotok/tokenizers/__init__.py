"""Which token stands for what."""
