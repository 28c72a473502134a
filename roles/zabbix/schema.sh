#!/bin/sh
# Says what the database has: nothing (empty), all (ready), a part, since filling it was cut off (partial), or something
# else (foreign). It fails with MariaDB's words where the database does not answer.
value() { sed -n "s/^$1=//p" /etc/zabbix/kvmctl-server.conf; }
MYSQL_PWD=$(value DBPassword)
export MYSQL_PWD
tables=$(mariadb --no-defaults --connect-timeout=10 -h "$(value DBHost)" -P "$(value DBPort)" -u "$(value DBUser)" \
    -N -B -e 'SHOW TABLES' "$(value DBName)") || exit 1
has() { printf '%s\n' "$tables" | grep -qx "$1"; }
if has kvmctl_filling; then echo partial
elif has dbversion; then echo ready
elif [ -z "$tables" ]; then echo empty
else echo foreign
fi
