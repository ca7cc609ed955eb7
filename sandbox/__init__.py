"""Zalo's servers and a one-stop software to rehearse against: `python -m sandbox`."""
