"""The least that Django can answer with: one view, no middleware, no database."""
