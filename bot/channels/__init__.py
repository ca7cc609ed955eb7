"""One file per way out, with its way back."""
