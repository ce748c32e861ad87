"""What the database says that passes by itself: what was being done is done again."""

from psycopg2 import InterfaceError, OperationalError

# Two have changed the same (serialisation failures, deadlocks and locks are among the
# operational errors), or the connection was lost. Nothing of it was committed.
DATABASE_GAVE_UP = (OperationalError, InterfaceError)
