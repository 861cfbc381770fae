"""Papers: workbooks in and out, and what offices hand in."""
