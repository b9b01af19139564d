"""Frozen nouns that guard arrays which must agree."""
