# shellcheck shell=sh
# Ends a guest's filter, and with the last one all that kvmctl has of them.
filters=$1 uuid=$2

. ./filters.sh
. ./hook-file.sh
clear_filter() {
    drop_filter "$uuid" || return 1
    rm -f "$filters"/.new*
    rmdir "$filters" 2>/dev/null || return 0
    rm -f "$filter_hook"
    rmdir "${filter_hook%/*}" "$filter_records" "${filter_records%/*}" 2>/dev/null
    return 0
}
[ -d "$filters" ] || exit 0
with_filters clear_filter
