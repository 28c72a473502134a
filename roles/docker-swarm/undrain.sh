# shellcheck shell=sh
# Lets a worker have containers again as soon as it is back, and forgets what it was before it was made again.
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
while :; do
    nodes=$(docker node ls -q) || exit 1
    # shellcheck disable=SC2086 # a list of ids
    nodes=$(docker node inspect --format '{{.ID}} {{.Status.State}} {{.Status.Addr}} {{.Spec.Role}}' $nodes) || exit 1
    workers=$(printf '%s\n' "$nodes" | awk -v address="$address" '$3 == address && $4 == "worker"')
    ready=$(printf '%s\n' "$workers" | awk '$2 == "ready" { print $1 }')
    [ -z "$ready" ] || break
    # A question takes seconds where the machine is busy, and all of it must end in a minute.
    [ $(($(date +%s) - begun)) -lt 35 ] || break
    sleep 1
done
[ -n "$ready" ] || { echo "$name is not in the swarm with the address $address" >&2; exit 1; }
for id in $ready; do set_to active "$id" || exit 1; done
for id in $(printf '%s\n' "$workers" | awk '$2 == "down" { print $1 }'); do
    docker node rm --force "$id" >/dev/null || exit 1
done
