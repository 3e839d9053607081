"""Block a shop or a shopper: then neither side can write, and the other one learns nothing else."""
