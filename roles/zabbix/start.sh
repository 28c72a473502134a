#!/bin/sh
# Starts Zabbix as soon as its database is there and filled.
until [ "$(/usr/local/lib/kvmctl-zabbix/schema 2>/dev/null)" = ready ]; do sleep 2; done
exec /usr/sbin/zabbix_server --foreground --config /etc/zabbix/kvmctl-server.conf
