# shellcheck shell=sh
# Whether Prometheus answers where it should.
place=$(sed -n 's/^ARGS="--web\.listen-address=\([^ ]*\) .*/\1/p' /etc/default/prometheus)
said=$(promtool query instant "http://$place" 'vector(1)' 2>&1) && exit 0
echo "Prometheus does not answer on $place: $(printf '%s\n' "$said" | tail -n 1)"
exit 1
