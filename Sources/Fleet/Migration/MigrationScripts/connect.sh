# shellcheck shell=sh
# Tries a connection, and prints what became of it: taken, silent, failed and why, or unknown where it cannot be tried.
host=$1 port=$2
if ! command -v bash >/dev/null || ! command -v timeout >/dev/null; then echo unknown; exit 0; fi
# shellcheck disable=SC2016 # bash expands it.
words=$(LC_ALL=C timeout 3 bash -c ': <"/dev/tcp/$0/$1"' "$host" "$port" 2>&1)
case $? in 0) echo taken ;; 124) echo silent ;; *) printf '%s\n' "failed $words" | head -n 1 ;; esac
