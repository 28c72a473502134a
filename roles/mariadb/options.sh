#!/bin/sh
# Says with which options MariaDB starts: the server's number, and in a Galera group whom it joins. The argument is the
# guest's address.
#
# A group exists as long as one of its members answers, and whoever starts then joins, but never with data of another
# group. Where nobody answers:
#   - who has the last state of the group begins it again: Galera notes that when the last one stops;
#   - members that all lost power know each other and go on together as soon as they meet again;
#   - a new group is begun by its first member, where the inputs say that it is new and no other one says that it has
#     data;
#   - all others wait.
set -u
address=$1
members=/etc/mysql/mariadb.conf.d/91-kvmctl-members.cnf
data=/var/lib/mysql
state=$data/grastate.dat
record=/var/lib/kvmctl-mariadb/group
fail() { printf '%s\n' "$1" >&2; exit 1; }
# An address as a number.
number() {
    a=${1%%.*} b=${1#*.} d=${1##*.}
    c=${b#*.}
    echo $((a * 16777216 + ${b%%.*} * 65536 + ${c%%.*} * 256 + d))
}
start() {
    {
        echo "MYSQLD_OPTS=--server-id=$(number "$address")"
        echo "_WSREP_NEW_CLUSTER=$1"
    } >/run/kvmctl-mariadb/options
    exit 0
}
if ! grep -qs '^wsrep_on = ON$' /etc/mysql/mariadb.conf.d/90-kvmctl.cnf; then
    # What changes from here on is its own, and no group has it.
    rm -f "$record"
    [ ! -f "$state" ] || mv "$state" "$state.before" || exit 1
    start ''
fi
[ -f "$members" ] || fail 'a member of a Galera group needs the input members, which is its own group'
grep -q '^wsrep_node_address = ' /etc/mysql/mariadb.conf.d/90-kvmctl.cnf ||
    fail 'a member of a Galera group needs the input listen'
others=$(awk '$2 == "member" && $4 == "other" { print $3 }' "$members")
role=$(awk '$2 == "member" && $4 == "self" { print $5 }' "$members")
[ -n "$role" ] || fail 'the input members does not have this instance: name its own group'
# The others ask here what this one has, also while it waits.
systemctl restart kvmctl-mariadb-state.socket || echo 'the other members cannot ask what this one has' >&2

# Remembers whose data is put here, before any of it is.
remember() {
    { mkdir -p "${record%/*}" && printf '%s\n' "$1" >"$record.new" && sync && mv "$record.new" "$record"; } ||
        fail "cannot write $record"
}

# Asks each other member whether its port for the group is open, and what it has.
ask() {
    serving='' same='' other='' having='' told=''
    for member in $others; do
        said=$(timeout 3 bash -c "read -r line <'/dev/tcp/$member/4569' && printf '%s\n' \"\$line\"" 2>/dev/null)
        is_open=no
        ! timeout 3 bash -c ": <'/dev/tcp/$member/4567'" 2>/dev/null || is_open=yes
        [ $is_open = no ] || serving="$serving $member"
        case $said in
            'group '*)
                having="$having $member"
                [ $is_open = no ] || told=${said#group }
                if [ "$said" = "$mine" ]; then
                    [ $is_open = no ] || same=$member
                elif [ $is_open = yes ]; then
                    other="$member (${said#group })"
                fi ;;
            'tables '*) having="$having $member" ;;
        esac
    done
}

mine=$(/usr/local/lib/kvmctl-mariadb/state) || fail 'cannot see what is in /var/lib/mysql'
case $mine in
    "group $(cat "$record" 2>/dev/null)") ;;
    'group '*) remember "${mine#group }" ;;
    # Of what was here before.
    *) rm -f "$record" ;;
esac
begun=$(date +%s)
while :; do
    ask
    if [ -n "$serving" ]; then
        case $mine in
            nothing)
                [ -z "$told" ] || remember "$told"
                start '' ;;
            'tables '*)
                fail "this server has tables of its own (${mine#tables }): a member that joins begins without any" ;;
            *)
                # Its data would give way to a copy of theirs.
                mend='stop the wrong one of the two groups; /var/lib/mysql of a member that is to join must be empty'
                [ -z "$other" ] || fail "the data here is of the group ${mine#group }, not of that of $other: $mend"
                [ -z "$same" ] || start '' ;;
        esac
        why="these members run, and do not say on port 4569 of which group they are:$serving"
    else
        if [ -f "$state" ] && ! grep -q '^uuid: *00000000-0000-0000-0000-000000000000' "$state"; then
            ! grep -q '^safe_to_bootstrap: *1' "$state" || start --wsrep-new-cluster
            [ ! -f "$data/gvwstate.dat" ] || start ''
        fi
        why="no other member of the group answers on port 4567: $(printf '%s' "$others" | tr '\n' ' ')"
        case $role,$mine in
            *,group*)
                why="$why; if all wait, galera_recovery says in each how far it is: in the one with the highest number"
                why="$why set safe_to_bootstrap: 1 in $state, and restart mariadb there" ;;
            first,*)
                if [ -z "$others" ]; then start --wsrep-new-cluster; fi
                if [ -n "$having" ]; then
                    why="these members have data, and none of them runs:$having; start them first"
                elif ! grep -q '^# begin$' "$members"; then
                    why="$why; this one has no data of the group: where the group is new, give the input begin: true"
                # Another one may be about to be back.
                elif [ $(($(date +%s) - begun)) -ge 30 ]; then
                    start --wsrep-new-cluster
                fi ;;
        esac
    fi
    [ $(($(date +%s) - begun)) -lt 300 ] || fail "$why"
    sleep 5
done
