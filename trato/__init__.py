"""The library that the apps share: realtime delivery, errors, responses, pagination, text."""
