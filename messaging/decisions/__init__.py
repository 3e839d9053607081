"""A decision of staff: one record with its reasons, which makes the notice and is carried out."""
