# shellcheck shell=sh
# Has a worker's containers start elsewhere, and waits half a minute until none of them runs there.
# Docker refuses a change of a node that changes at the same moment, as one does that is leaving or coming back.
set_to() {
    for _ in 1 2 3 4 5; do
        said=$(docker node update --availability "$1" "$2" 2>&1 >/dev/null) && return
        case $said in *'out of sequence'*) sleep 1 ;; *) break ;; esac
    done
    printf '%s\n' "$said" >&2
    return 1
}
begun=$(date +%s)
name=$1
address=$2
nodes=$(docker node ls -q) || exit 1
# shellcheck disable=SC2086 # a list of ids
nodes=$(docker node inspect --format '{{.ID}} {{.Status.State}} {{.Status.Addr}} {{.Spec.Role}}' $nodes) || exit 1
ids=$(printf '%s\n' "$nodes" |
    awk -v address="$address" '$3 == address && $2 == "ready" && $4 == "worker" { print $1 }')
# What ran there is what has to run again before another worker goes; a drain that was cut off has noted it before.
ran=/var/lib/kvmctl-swarm/ran
mkdir -p "$ran" && touch "$ran/$address" || exit 1
if [ -n "$ids" ]; then
    # shellcheck disable=SC2086 # a list of ids
    tasks=$(docker node ps --filter desired-state=running --format '{{.Name}} {{.CurrentState}}' $ids) || exit 1
    printf '%s\n' "$tasks" | awk '$2 == "Running" { sub(/[.][^.]*$/, "", $1); print $1 }' |
        sort -u - "$ran/$address" >"$ran/new" && mv "$ran/new" "$ran/$address" || exit 1
fi
for id in $ids; do set_to drain "$id" || exit 1; done
while :; do
    running=0
    for id in $ids; do
        tasks=$(docker node ps --format '{{.CurrentState}}' "$id") || exit 1
        running=$((running + $(printf '%s\n' "$tasks" | grep -c '^Running')))
    done
    [ $running = 0 ] && exit 0
    [ $(($(date +%s) - begun)) -lt 30 ] || break
    sleep 1
done
echo "$name still runs $running containers; they end with it"
