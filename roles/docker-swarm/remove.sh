# shellcheck shell=sh
# Leaves the swarm.
rm -f /var/lib/kvmctl-docker-swarm
systemctl -q is-active docker.service || systemctl start docker.service || exit 1
state=$(docker info --format '{{.Swarm.LocalNodeState}}') || exit 1
[ "$state" = inactive ] || docker swarm leave --force >/dev/null
