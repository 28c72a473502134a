# shellcheck shell=sh
# Lets a worker have containers again as soon as it is back, forgets what it was before it was made again, and waits until
# the global services that ran there run again: another one may be drained next.
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
    [ $(($(date +%s) - begun)) -lt 120 ] || break
    sleep 1
done
[ -n "$ready" ] || { echo "$name is not in the swarm with the address $address" >&2; exit 1; }
for id in $ready; do set_to active "$id" || exit 1; done
for id in $(printf '%s\n' "$workers" | awk '$2 == "down" { print $1 }'); do
    docker node rm --force "$id" >/dev/null || exit 1
done
active=$(date +%s)
ran=/var/lib/kvmctl-swarm/ran/$address
[ -s "$ran" ] || { rm -f "$ran"; exit 0; }
while :; do
    # Others stay where they went.
    # A manager that is busy is asked again.
    # shellcheck disable=SC2086 # a list of ids
    if ! services=$(docker service ls --filter mode=global --format '{{.Name}}') ||
        ! tasks=$(docker node ps --filter desired-state=running --format '{{.Name}} {{.CurrentState}}' $ready); then
        [ $(($(date +%s) - begun)) -lt 270 ] || exit 1
        sleep 2
        continue
    fi
    tasks=$(printf '%s\n' "$tasks" | awk '{ sub(/[.][^.]*$/, "", $1); print $1, $2 }')
    missing=
    while read -r service; do
        printf '%s\n' "$services" | grep -qxF "$service" || continue
        state=$(printf '%s\n' "$tasks" | awk -v service="$service" '$1 == service { print $2; exit }')
        # The worker is not to have it any more where Docker has planned none for a while.
        [ -n "$state" ] || [ $(($(date +%s) - active)) -lt 30 ] || continue
        [ "$state" = Running ] || missing="$missing $service"
    done <"$ran"
    [ -n "$missing" ] || break
    [ $(($(date +%s) - begun)) -lt 270 ] || { echo "$name does not run$missing again, which it did before" >&2; exit 1; }
    sleep 2
done
rm -f "$ran"
