# shellcheck shell=sh
# Prints what the kernel has counted of connections.

cat /proc/net/snmp
