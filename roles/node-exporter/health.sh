# shellcheck shell=sh
# Whether the exporter listens where it should.
place=$(sed -n 's/^ARGS="--web\.listen-address=\([^"]*\)"$/\1/p' /etc/default/prometheus-node-exporter)
[ -z "$(ss -Hltn "src $place")" ] || exit 0
echo "nothing listens on $place"
exit 1
