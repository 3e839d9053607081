"""The minimum that Django can respond with: one view, no middleware, no database."""
