# shellcheck shell=sh
# Stops what only a start of MariaDB starts.
systemctl stop kvmctl-mariadb-state.socket 2>/dev/null
exit 0
