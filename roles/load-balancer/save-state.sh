#!/bin/sh
# Saves which members are up or drained, for the configuration that is about to be loaded.
umask 077
folder=/run/kvmctl-load-balancer
mkdir -p "$folder" || exit 1
printf 'show servers state\n' | socat -t 5 - UNIX-CONNECT:/run/haproxy/admin.sock >"$folder/running" || exit 1
# A member that has another address or port now is another server: HAProxy would go on with the old port.
awk '
    NR == FNR { if ($1 == "server") place[$2] = $3; next }
    NF < 19 || /^#/ || place[$4] == $5 ":" $19' /etc/haproxy/haproxy.cfg "$folder/running" >"$folder/state.new" &&
    mv -f "$folder/state.new" "$folder/state"
