# shellcheck shell=sh
# Whether MariaDB answers, a replica follows its primary, and a member of a Galera group has everything and serves.
status=$(timeout -k 1 15 mariadb --batch -e 'SHOW SLAVE STATUS\G' 2>&1) || { printf '%s\n' "$status"; exit 1; }
read -r mode <"$KVMCTL_INPUTS/mode" || [ -n "$mode" ] || exit 1
if [ "$mode" = galera ]; then
    status=$(timeout -k 1 15 mariadb --batch --skip-column-names -e "SHOW STATUS LIKE 'wsrep%'" 2>&1) || {
        printf '%s\n' "$status"
        exit 1
    }
    value() { printf '%s\n' "$status" | awk -F '\t' -v name="$1" '$1 == name { print $2 }'; }
    # One that gives another a copy serves, too.
    case $(value wsrep_cluster_status),$(value wsrep_ready),$(value wsrep_local_state_comment) in
        Primary,ON,Synced | Primary,ON,Donor*) exit 0 ;;
    esac
    echo "the member does not serve: it is $(value wsrep_local_state_comment), and its group $(value wsrep_cluster_status)"
    exit 1
fi
[ "$mode" = replica ] || exit 0
case $status in
    *'Slave_IO_Running: Yes'*'Slave_SQL_Running: Yes'*) exit 0 ;;
    '') echo 'the server follows nobody' ;;
    *)
        why=$(printf '%s\n' "$status" | sed -n 's/^ *Last_\(IO\|SQL\)_Error: \(..*\)$/\2/p' | head -n 1)
        echo "the server does not follow its primary${why:+: $why}" ;;
esac
exit 1
