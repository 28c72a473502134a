# shellcheck shell=sh
# How the server is and what it said last, for somebody who looks for the reason of a failure.
role=$1
. ./begin.sh
state=$(systemctl is-active "$unit" 2>/dev/null)
[ "$state" = active ] || echo "its server is not running: systemd reports ${state:-nothing}"
journalctl -q -n 8 -o cat --since=-2min "_SYSTEMD_UNIT=$unit" 2>/dev/null | tail -c 2000
