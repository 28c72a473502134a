# shellcheck shell=sh
# Makes databases, users and the replication what the inputs say. Secrets go in on standard input.
set -u
fail() { printf '%s\n' "$1" >&2; exit 1; }
value() { [ ! -f "$KVMCTL_INPUTS/$1" ] || cat "$KVMCTL_INPUTS/$1"; }
ask() { mariadb --batch --skip-column-names -e "$1"; }
# One more line of SQL; echo would read what is in it.
say() { printf '%s\n' "$1"; }
# A text as MariaDB's SQL writes one.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e "s/'/\\\\'/g")"; }
# Fails where $1 is no plain name of a $2.
check_name() {
    case $1 in
        '' | *[!A-Za-z0-9_-]*) fail "$2 '$1': use letters, digits, - and _" ;;
        mysql | sys | information_schema | performance_schema | root | kvmctl_replication)
            fail "$2 $1: this name is MariaDB's or kvmctl's own" ;;
    esac
}
mode=$(value mode)

[ "$mode" = galera ] || systemctl stop kvmctl-mariadb-state.socket 2>/dev/null
round=0
until ask 'SELECT 1' >/dev/null 2>&1; do
    # One that gets a copy is starting for as long as that takes.
    [ "$(systemctl is-active mariadb.service)" = activating ] || round=$((round + 1))
    [ $round -lt 60 ] || { ask 'SELECT 1'; fail 'MariaDB does not answer'; }
    sleep 2
done
followed=$(ask 'SHOW SLAVE STATUS') || exit 1

make_databases() {
    databases=$(value databases)
    for database in $databases; do
        check_name "$database" database
        say "CREATE DATABASE IF NOT EXISTS \`$database\`;"
    done
    value users | while IFS= read -r line; do
        case $line in *=*) ;; *) fail 'a password of several lines cannot be used' ;; esac
        user=${line%%=*}
        check_name "$user" user
        say "CREATE USER IF NOT EXISTS '$user'@'%';"
        say "ALTER USER '$user'@'%' IDENTIFIED BY $(quoted "${line#*=}");"
        for database in $databases; do
            # In a grant, _ stands for any character.
            say "GRANT ALL ON \`$(printf '%s' "$database" | sed 's/_/\\_/g')\`.* TO '$user'@'%';"
        done
    done || exit 1
    if [ "$mode" = galera ]; then
        # The server itself copies for others, and logs in as whom it runs.
        say "CREATE USER IF NOT EXISTS 'mysql'@'localhost' IDENTIFIED VIA unix_socket;"
        say "GRANT RELOAD, PROCESS, LOCK TABLES, REPLICATION CLIENT ON *.* TO 'mysql'@'localhost';"
    fi
    [ "$mode" = primary ] && [ -f "$KVMCTL_INPUTS/replication" ] || return 0
    say "CREATE USER IF NOT EXISTS 'kvmctl_replication'@'%';"
    say "ALTER USER 'kvmctl_replication'@'%' IDENTIFIED BY $(quoted "$(value replication)");"
    say "GRANT REPLICATION SLAVE ON *.* TO 'kvmctl_replication'@'%';"
}

follow() {
    for input in primary replication; do
        [ -f "$KVMCTL_INPUTS/$input" ] || fail "a replica needs the input $input"
    done
    if [ -z "$followed" ]; then
        own=$(ask "SELECT table_schema FROM information_schema.tables WHERE table_schema NOT IN
            ('mysql', 'sys', 'information_schema', 'performance_schema') LIMIT 1") || exit 1
        [ -z "$own" ] || fail "this server has tables of its own in the database $own: a replica begins without any"
        say "RESET MASTER; SET GLOBAL gtid_slave_pos = '';"
    fi
    say "STOP SLAVE;"
    say "CHANGE MASTER TO MASTER_HOST = '$(value primary)', MASTER_PORT = $(value primaryPort),"
    say "MASTER_USER = 'kvmctl_replication', MASTER_PASSWORD = $(quoted "$(value replication)"),"
    say "MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 5;"
    say "START SLAVE;"
}

if [ "$mode" = galera ]; then
    # Before it has everything from the others, it takes nothing.
    round=0
    while :; do
        status=$(ask "SHOW STATUS LIKE 'wsrep%'" 2>/dev/null)
        field() { printf '%s\n' "$status" | awk -F '\t' -v name="$1" '$1 == name { print $2 }'; }
        [ "$(field wsrep_ready)" != ON ] || break
        # As long as it gets a copy, or what it missed, it is on its way.
        case $(field wsrep_cluster_status),$(field wsrep_local_state_comment) in
            Primary,Join* | Primary,Donor*) ;;
            *) round=$((round + 1)) ;;
        esac
        [ $round -lt 60 ] ||
            fail "this member takes no changes: its group is $(field wsrep_cluster_status); start the other members"
        sleep 2
    done
fi

case $mode in
    replica) statements=$(follow) || exit 1 ;;
    *)
        statements=$(make_databases) || exit 1
        # It followed another one before.
        [ -z "$followed" ] || statements="STOP SLAVE; RESET SLAVE ALL; $statements" ;;
esac
printf '%s\n' "$statements" | mariadb --batch
