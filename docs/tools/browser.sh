#!/bin/sh
# Print the Chromium that the browser tests use; install Debian's where that is possible.
# Exit 1 with one sentence where there is none.
set -eu

found() {
    if [ -n "${SIMTRADE_CHROMIUM:-}" ]; then
        if [ -x "$SIMTRADE_CHROMIUM" ]; then
            printf '%s\n' "$SIMTRADE_CHROMIUM"
            return 0
        fi
        printf 'SIMTRADE_CHROMIUM names %s, which cannot be run.\n' "$SIMTRADE_CHROMIUM" >&2
        exit 1
    fi
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

if found; then
    exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium and Chinese fonts for the browser tests ..." >&2
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    if apt-get update >"$log" 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            chromium fonts-noto-cjk >>"$log" 2>&1 &&
        found; then
        exit 0
    fi
    tail -n 5 "$log" >&2
fi
echo "The browser tests need Chromium: install it, or set SIMTRADE_CHROMIUM to its path." >&2
exit 1
