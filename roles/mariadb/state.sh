#!/bin/sh
# Says what this member has, to itself and to the others of its group, who ask on port 4569: `group UUID` with the
# group's identity, `tables FILE` of its own, or `nothing`.
data=/var/lib/mysql
# Whose copy was put here, or began to be: a copy that was cut off has no other sign of it.
record=/var/lib/kvmctl-mariadb/group
uuid=$(sed -n 's/^uuid: *\([0-9a-f-]*\) *$/\1/p' "$data/grastate.dat" 2>/dev/null | head -n 1)
case $uuid in
    '' | 00000000-0000-0000-0000-000000000000) ;;
    *) echo "group $uuid"; exit 0 ;;
esac
own=$(find "$data" -mindepth 2 -maxdepth 2 -type f ! -name db.opt ! -path "$data/mysql/*" ! -path "$data/sys/*" \
    ! -path "$data/performance_schema/*" ! -path "$data/#*" 2>/dev/null | head -n 1)
if [ -z "$own" ]; then
    echo nothing
elif [ -s "$record" ]; then
    echo "group $(cat "$record")"
else
    echo "tables $own"
fi
