"""Summaries and pictures of tokens."""
