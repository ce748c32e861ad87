# Shared by the scripts beside this folder. Source it; it runs nothing by itself.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
RUN=$ROOT/.run
VENV=$RUN/venv
STAMPS=$RUN/stamps

say() { printf '%s\n' "$*" >&2; }

die() {
    say "error: $1"
    shift
    for line in "$@"; do say "       $line"; done
    exit 1
}

# A step is done when its stamp holds the hash of everything the step depends on.
hash_of() { printf '%s\n' "$@" | sha256sum | cut -d' ' -f1; }
is_done() { [ -f "$STAMPS/$1" ] && [ "$(<"$STAMPS/$1")" = "$2" ]; }
is_begun() { [ -f "$STAMPS/$1" ]; } # done once, maybe with other ingredients
mark_done() { mkdir -p "$STAMPS" && printf '%s' "$2" >"$STAMPS/$1"; }
mark_undone() { rm -f "$STAMPS/$1"; }

# Run one of our Python tools in the environment that script/setup made.
run_python() {
    "$ROOT/script/setup"
    cd "$ROOT"
    exec "$VENV/bin/python" "$@"
}
