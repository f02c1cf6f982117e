# Sourced by tools/quickstart and tools/test: makes or updates the environment $1
# with the extras $2, and with the packages $3 without what these ask for. Uses uv if
# it is installed.
#
# KERAS_DEEP_PYTHON names another interpreter than python3.

make_environment() {
    local venv=$1 extras=$2 alone=${3:-} python=${KERAS_DEEP_PYTHON:-python3} mark
    mark="$venv/.installed-$(echo "$extras $alone" | cat - setup.cfg pyproject.toml |
        cksum | cut -d' ' -f1)"
    [ -e "$mark" ] && return
    echo "Setting up $venv with [$extras] ..." >&2
    if command -v uv >/dev/null 2>&1; then
        [ -x "$venv/bin/python" ] || uv venv --quiet --python "$python" "$venv"
        uv pip install --quiet --compile-bytecode --python "$venv/bin/python" -e ".[$extras]"
        [ -z "$alone" ] ||
            uv pip install --quiet --no-deps --python "$venv/bin/python" $alone
    else
        [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
            -e ".[$extras]"
        [ -z "$alone" ] ||
            "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
                --no-deps $alone
    fi
    touch "$mark"
}

# Exits with a message unless Python is 3.11 to 3.13.
check_python() {
    local python=${KERAS_DEEP_PYTHON:-python3}
    "$python" - <<'END' || exit 1
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        "keras_deep needs Python 3.11, 3.12 or 3.13. "
        f"{sys.executable} is {sys.version.split()[0]}: set KERAS_DEEP_PYTHON."
    )
END
}
