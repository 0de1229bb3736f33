"""The use cases: one use case, one function, one transaction. No Flask here."""
