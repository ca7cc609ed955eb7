"""Photos of slips: opened safely, read with patience. Knows no network and no database."""
