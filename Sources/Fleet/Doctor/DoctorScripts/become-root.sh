# shellcheck shell=sh
# Prints "limited" where the node can end what takes too long, then root, sudo or none, or why sudo does not work.

! timeout -k 5 9 true 2>/dev/null || echo limited
[ "$(id -u)" != 0 ] || { echo root; exit 0; }
command -v sudo >/dev/null || { echo none; exit 0; }
words=$(sudo -n true 2>&1) && { echo sudo; exit 0; }
printf '%s\n' "$words" | tail -n 1
