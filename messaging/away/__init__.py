"""An automatic first reply while a shop is closed or away."""
