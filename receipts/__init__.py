"""The paper a citizen holds: its code, its QR, the printed slip. Imports nothing of ours."""
