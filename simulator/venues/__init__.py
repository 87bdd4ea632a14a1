"""The exchanges."""
