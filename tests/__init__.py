"""Tests of boilerstrip."""
