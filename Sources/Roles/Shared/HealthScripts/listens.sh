# shellcheck shell=sh
# Prints "open" where something takes connections at a port. Ends with 4 where there is no program to try it with.

host=$1 port=$2
PATH=/usr/local/bin:/usr/bin:/bin; export PATH
if command -v bash >/dev/null; then
    # shellcheck disable=SC2016 # They are bash's.
    timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>/dev/null && echo open
elif command -v nc >/dev/null; then
    zero=
    nc -h 2>&1 </dev/null | grep -q -e '-[A-Za-z0-9]*z' && zero=-z
    # shellcheck disable=SC2086 # One word or none.
    timeout 5 nc $zero -w 3 "$host" "$port" </dev/null >/dev/null 2>&1
    # Without that, a BusyBox's waits until the other side hangs up: it is connected where it had to be ended.
    case $? in 0 | 124 | 143) echo open ;; esac
else exit 4; fi
exit 0
