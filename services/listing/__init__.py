"""Lists of any table: their order page by page, their counts, their search; nothing here knows a view."""
