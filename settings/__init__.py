"""Settings by what they concern; `config` reads them all."""
