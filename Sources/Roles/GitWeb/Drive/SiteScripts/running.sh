# shellcheck shell=sh
# Ends with 9 where the unit does not run.

systemctl is-active --quiet "$unit" || { echo "$unit is not running" >&2; exit 9; }
