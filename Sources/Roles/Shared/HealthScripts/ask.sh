# shellcheck shell=sh
# Asks websites. Arguments: pairs of addresses, of which the second may be empty.
#
# Prints a line for each pair: its number, counted from one, the status that the first is answered with, 000 or nothing where
# it is not, and what the second gives. Pairs are asked side by side, each address for 5 s at most. Who signed a certificate is
# its visitors' business: this asks whether it answers. Ends with 4 where there is no program to ask with.

shift 0
. ./asking.sh
answer() { [ -z "$1" ] || content "$1" | head -c 200 | tr -cd '0-9a-f'; }
number=0
while [ $# -gt 0 ]; do
    number=$((number + 1))
    (echo "$number $(status "$1") $(answer "$2")") &
    shift 2
    [ $((number % 32)) != 0 ] || wait
done
wait
exit 0
