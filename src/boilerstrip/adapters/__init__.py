"""boilerstrip as a step of other engines: one module for each, imported only by who uses it."""
