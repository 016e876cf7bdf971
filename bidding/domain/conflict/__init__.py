"""Who may not bid together, or here at all: relations of units, consortia, the operator's own group."""
