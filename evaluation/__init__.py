"""How good boilerstrip is, measured on public corpora and on the texts written for it."""
