"""The sentences that a person reads, in English and 中文."""
