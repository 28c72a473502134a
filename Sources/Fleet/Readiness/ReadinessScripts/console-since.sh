# shellcheck shell=sh
# Prints how much a guest had written to its console, and on the next line what it wrote behind the first "from" bytes: of
# that the last 64 KiB, and where from is "-", the last 4 KiB.
#
# The file begins anew when the machine starts and when it is very long.
path=$1 from=$2
if [ ! -r "$path" ]; then echo 0; exit 0; fi
size=$(stat -L -c %s -- "$path") || exit 1
most=65536
[ "$from" != - ] || { from=0 most=4096; }
[ "$from" -le "$size" ] || from=0
[ $((size - from)) -le "$most" ] || from=$((size - most))
echo "$size"
tail -c "+$((from + 1))" -- "$path" | head -c $((size - from))
