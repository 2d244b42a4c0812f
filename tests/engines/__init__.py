"""Tests of the adapters against their real engines."""
