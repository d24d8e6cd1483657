//! `requirements.txt` and `constraints.txt`, as pip reads them.
