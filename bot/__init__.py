"""What the house does: the verbs, and what they stand on."""
