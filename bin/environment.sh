# Sourced by the launchers beside it, with $root set to the checkout. Makes `$root/.venv` hold what one of
# setup.cfg's extras asks for, and names its Python in $python. A run that finds everything in place
# starts nothing but `cmp`.

python="$root/.venv/bin/python"

# fits PYTHON: is it there, and 3.11 or later?
fits() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# ensure_environment EXTRA: `run` is the command itself, `dev` the tests too, `bench` the peers as well.
ensure_environment() {
    installed_at=
    [ -x "$python" ] && [ -r "$root/.venv/installed-at" ] && IFS= read -r installed_at <"$root/.venv/installed-at"
    if [ "$installed_at" = "$root" ] && cmp -s "$root/setup.cfg" "$root/.venv/installed-$1.cfg"; then
        return
    fi
    for candidate in ${KALSHI_ACTORS_PYTHON:+"$KALSHI_ACTORS_PYTHON"} \
        python3.13 python3.12 python3.11 python3 python; do
        if fits "$candidate"; then
            "$candidate" -I "$root/bin/environment.py" "$root" "$1" || exit 1
            return
        fi
    done
    echo "kalshi-actors: no Python 3.11 or later was found; install one (https://www.python.org), or name" \
        "it in KALSHI_ACTORS_PYTHON, and run this again." >&2
    exit 1
}
