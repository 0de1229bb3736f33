"""Rules that are data: versioned files, and what reads and checks them."""
