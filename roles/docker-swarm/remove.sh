# shellcheck shell=sh
# Leaves the swarm. A manager that has anything which is only there does not: that is for somebody to decide.
fail() { printf '%s\n' "$1" >&2; exit 1; }
systemctl -q is-active docker.service || systemctl start docker.service || exit 1
said=$(docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}') || exit 1
end='end it there with docker swarm leave --force, and apply again'
case $said in
    'inactive '*) ;;
    'active true')
        others=$(docker node ls -q --filter role=manager) || exit 1
        [ "$(printf '%s\n' "$others" | wc -l)" -lt 2 ] ||
            fail 'the swarm has other managers: demote this one there (docker node demote), and apply again'
        for what in service secret config; do
            there=$(docker "$what" ls -q) || exit 1
            [ -z "$there" ] || fail "the swarm has a $what, which ends with its manager: if it may end, $end"
        done
        docker swarm leave --force >/dev/null || exit 1 ;;
    'locked '*) fail "the swarm is locked: unlock it there with docker swarm unlock; if it may end, $end" ;;
    *)
        [ -z "$(find /var/lib/docker/swarm/raft -type f 2>/dev/null | head -n 1)" ] ||
            fail "the machine manages or managed a swarm, and is now ${said% *} in it: if that swarm may end, $end"
        # Docker refuses it to a manager, as it is not done by force.
        docker swarm leave >/dev/null || exit 1 ;;
esac
rm -rf /var/lib/kvmctl-swarm
