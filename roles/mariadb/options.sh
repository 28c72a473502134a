#!/bin/sh
# Says with which options MariaDB starts: the server's number, and in a Galera group whom it joins. The argument is the
# guest's address.
#
# A group exists as long as one of its members answers, and whoever starts then joins. Where nobody answers:
#   - who has the last state of the group begins it again: Galera notes that when the last one stops;
#   - members that all lost power know each other and go on together as soon as they meet again;
#   - where there was no group before, the first one begins it;
#   - all others wait.
set -u
address=$1
members=/etc/mysql/mariadb.conf.d/91-kvmctl-members.cnf
data=/var/lib/mysql
state=$data/grastate.dat
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
grep -qs '^wsrep_on = ON$' /etc/mysql/mariadb.conf.d/90-kvmctl.cnf || start ''
[ -f "$members" ] || fail 'a member of a Galera group needs the input members, which is its own group'
grep -q '^wsrep_node_address = ' /etc/mysql/mariadb.conf.d/90-kvmctl.cnf ||
    fail 'a member of a Galera group needs the input listen'
others=$(awk '$2 == "member" && $4 == "other" { print $3 }' "$members")
role=$(awk '$2 == "member" && $4 == "self" { print $5 }' "$members")
[ -n "$role" ] || fail 'the input members does not have this instance: name its own group'
# Whether another member has its port for the group open.
answered() {
    for other in $others; do
        timeout 3 bash -c ": </dev/tcp/$other/4567" 2>/dev/null && return 0
    done
    return 1
}
known=no
if [ -f "$state" ] && ! grep -q '^uuid: *00000000-0000-0000-0000-000000000000' "$state"; then known=yes; fi
# Copies of the group's data take the place of everything that is there.
if [ $known = no ]; then
    own=$(find "$data" -mindepth 2 -maxdepth 2 -type f ! -name db.opt ! -path "$data/mysql/*" ! -path "$data/sys/*" \
        ! -path "$data/performance_schema/*" ! -path "$data/#*" 2>/dev/null | head -n 1)
fi
round=0
while :; do
    if answered; then
        [ -z "${own:-}" ] || fail "this server has tables of its own ($own): a member that joins begins without any"
        start ''
    fi
    if [ $known = yes ]; then
        ! grep -q '^safe_to_bootstrap: *1' "$state" || start --wsrep-new-cluster
        [ ! -f "$data/gvwstate.dat" ] || start ''
    elif [ "$role" = first ]; then
        # One that takes the place of another gives the others time to be back.
        if [ -z "$others" ] || [ $round -ge 6 ]; then start --wsrep-new-cluster; fi
    fi
    round=$((round + 1))
    [ $round -lt 120 ] || fail "no other member of the group answers on port 4567: $(printf '%s' "$others" | tr '\n' ' ')"
    sleep 5
done
