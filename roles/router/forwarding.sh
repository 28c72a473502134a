#!/bin/sh
# Has the kernel forward packets (on), or not unless it did before (off).
switch=/proc/sys/net/ipv4/ip_forward
record=/run/kvmctl-router-forwarded
case ${1:-} in
    on) [ -e "$record" ] || cat "$switch" >"$record" || exit 1
        echo 1 >"$switch" ;;
    off)
        [ -e "$record" ] || exit 0
        cat "$record" >"$switch" && rm -f "$record" ;;
    *) echo "usage: $0 on|off" >&2; exit 2 ;;
esac
