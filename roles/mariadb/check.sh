# shellcheck shell=sh
# Whether a replica follows its primary. One whose primary is away waits for it by itself.
read -r mode <"$KVMCTL_INPUTS/mode" || [ -n "$mode" ] || exit 1
[ "$mode" = replica ] || exit 0
status=$(timeout -k 1 8 mariadb --batch -e 'SHOW SLAVE STATUS\G' 2>&1) || {
    printf '%s\n' "${status:-MariaDB does not answer}" | tail -n 1
    exit 1
}
value() { printf '%s\n' "$status" | sed -n "s/^ *$1: //p"; }
read -r primary <"$KVMCTL_INPUTS/primary" || [ -n "$primary" ] || exit 1
[ -n "$status" ] || { echo 'the server follows nobody'; exit 1; }
[ "$(value Master_Host)" = "$primary" ] || { echo "the server follows $(value Master_Host) and not $primary"; exit 1; }
[ "$(value Slave_IO_Running)" != No ] && [ "$(value Slave_SQL_Running)" != No ] && exit 0
why=$(value 'Last_\(IO\|SQL\)_Error' | sed '/^$/d' | head -n 1)
echo "the server does not follow its primary${why:+: $why}"
exit 1
