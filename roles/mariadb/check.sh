# shellcheck shell=sh
# Whether a replica follows its primary, and a member of a Galera group serves, in the group of the others. A replica
# whose primary is away waits for it by itself.
read -r mode <"$KVMCTL_INPUTS/mode" || [ -n "$mode" ] || exit 1
if [ "$mode" = galera ]; then
    status=$(timeout -k 1 20 mariadb --batch --skip-column-names -e "SHOW STATUS LIKE 'wsrep%'" 2>&1) || {
        printf '%s\n' "${status:-MariaDB does not answer}" | tail -n 1
        exit 1
    }
    value() { printf '%s\n' "$status" | awk -F '\t' -v name="$1" '$1 == name { print $2 }'; }
    group=$(value wsrep_cluster_status)
    comment=$(value wsrep_local_state_comment)
    case $group,$comment in
        Primary,Synced | Primary,Donor* | Primary,Join*) ;;
        *) echo "the member does not serve: it is ${comment:-in no group}, and its group ${group:-none}"; exit 1 ;;
    esac
    for address in $(value wsrep_incoming_addresses | tr ',' ' '); do
        address=${address%:*}
        case $address in *.*.*.*) ;; *) continue ;; esac
        awk -v address="$address" '$2 == address { n++ } END { exit !n }' "$KVMCTL_INPUTS/members" || {
            echo "the group has the member $address, which the input members does not have"
            exit 1
        }
    done
    # All at once, since one that is off takes its time.
    uuid=$(value wsrep_cluster_state_uuid)
    others=$(
        while read -r _ address _ || [ -n "$address" ]; do
            timeout 2 bash -c "read -r line <'/dev/tcp/$address/4569' && echo \"$address \$line\"" 2>/dev/null &
        done <"$KVMCTL_INPUTS/members"
        wait
    )
    other=$(printf '%s\n' "$others" | awk -v uuid="$uuid" '$2 == "group" && $3 != uuid { print $1; exit }')
    [ -z "$other" ] || { echo "$other has data of another group: its own has another identity"; exit 1; }
    exit 0
fi
[ "$mode" = replica ] || exit 0
status=$(timeout -k 1 20 mariadb --batch -e 'SHOW SLAVE STATUS\G' 2>&1) || {
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
