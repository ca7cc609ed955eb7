"""`python -m receipts`: slips, labels, posters and mini-slips from the command line."""

from receipts.cli.main import main

if __name__ == "__main__":
    main()
