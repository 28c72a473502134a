# shellcheck shell=sh
# Ends a guest's filter, and with the last one all that kvmctl has of them.
filters=$1 uuid=$2

. ./filters.sh
. ./hook-file.sh
drop_filter "$uuid" || exit 1
[ -z "$(ls -A "$filters" 2>/dev/null)" ] || exit 0
rm -f "$filter_hook" "${filter_records%/*}/firewall.lock"
rmdir "${filter_hook%/*}" "$filters" "$filter_records" "${filter_records%/*}" 2>/dev/null
exit 0
