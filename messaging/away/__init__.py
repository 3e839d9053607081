"""An automatic first answer while a shop is closed or away."""
