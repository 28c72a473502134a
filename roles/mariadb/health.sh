# shellcheck shell=sh
# Whether MariaDB answers, and a replica follows its primary.
status=$(timeout -k 1 15 mariadb --batch -e 'SHOW SLAVE STATUS\G' 2>&1) || { printf '%s\n' "$status"; exit 1; }
read -r mode <"$KVMCTL_INPUTS/mode" || [ -n "$mode" ] || exit 1
[ "$mode" = replica ] || exit 0
case $status in
    *'Slave_IO_Running: Yes'*'Slave_SQL_Running: Yes'*) exit 0 ;;
    '') echo 'the server follows nobody' ;;
    *)
        why=$(printf '%s\n' "$status" | sed -n 's/^ *Last_\(IO\|SQL\)_Error: \(..*\)$/\2/p' | head -n 1)
        echo "the server does not follow its primary${why:+: $why}" ;;
esac
exit 1
