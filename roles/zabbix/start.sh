#!/bin/sh
# Starts Zabbix as soon as its database is there and filled.
said=
while :; do
    state=$(/usr/local/lib/kvmctl-zabbix/schema 2>&1 | tail -n 1)
    [ "$state" != ready ] || break
    [ "$state" = "$said" ] || echo "waiting for the database: $state"
    said=$state
    sleep 2
done
exec /usr/sbin/zabbix_server --foreground --config /etc/zabbix/kvmctl-server.conf
