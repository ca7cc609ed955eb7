"""Pure rules and nouns: no clock, no input or output."""
