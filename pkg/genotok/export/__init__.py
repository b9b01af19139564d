"""Token files and foreign formats."""
