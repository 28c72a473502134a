# shellcheck shell=sh
# Begins the swarm or joins it, and has the manager know its workers. Tokens go in on standard input.
set -u
fail() { printf '%s\n' "$1" >&2; exit 1; }
value() { [ ! -f "$KVMCTL_INPUTS/$1" ] || cat "$KVMCTL_INPUTS/$1"; }
swarm() { docker info --format "{{.Swarm.$1}}" 2>/dev/null; }
mode=$(value mode)
listen=$(value listen)
# Which swarm it joined: the middle of its token, which is no secret.
record=/var/lib/kvmctl-docker-swarm

round=0
until docker info >/dev/null 2>&1; do
    round=$((round + 1))
    [ $round -lt 60 ] || fail 'Docker does not answer'
    sleep 2
done

# Waits until the machine is in a swarm.
await() {
    round=0
    until [ "$(swarm LocalNodeState)" = active ]; do
        round=$((round + 1))
        [ $round -lt 90 ] || fail "the machine did not join: $(swarm Error)"
        sleep 2
    done
}

join() {
    for input in manager token; do
        [ -f "$KVMCTL_INPUTS/$input" ] || fail "who joins a swarm needs the input $input"
    done
    token=$(value token)
    case $token in
        SWMTKN-*[!A-Za-z0-9-]*) fail 'the token is not one of a swarm' ;;
        SWMTKN-?*-?*-?*) ;;
        *) fail 'the token is not one of a swarm' ;;
    esac
    # The command docker takes the token as an argument, which everybody in the guest could read.
    said=$(printf '{"ListenAddr": "%s:2377", "AdvertiseAddr": "%s", "DataPathAddr": "%s", "RemoteAddrs": ["%s:2377"],
        "JoinToken": "%s"}' "$listen" "$listen" "$listen" "$(value manager)" "$token" |
        curl -sS -m 60 --unix-socket /run/docker.sock -H 'Content-Type: application/json' --data-binary @- \
            http://docker/v1.41/swarm/join 2>&1)
    case $said in
        '' | *'continue in the background'*) ;;
        *) fail "the manager $(value manager) does not let the machine in: $(printf '%s' "$said" | tail -n 1)" ;;
    esac
    await
    printf '%s\n' "$token" | cut -d - -f 3 >"$record.new" && mv "$record.new" "$record" || exit 1
}

state=$(swarm LocalNodeState)
# A join that was cut off goes on by itself.
[ "$state" != pending ] || { await; state=active; }
is_manager=$(swarm ControlAvailable)
if [ "$state" != inactive ] && [ "$is_manager" != true ]; then
    joined=
    [ ! -f "$record" ] || joined=$(cat "$record")
    if [ "$mode" = manager ] || [ "$state" != active ] || [ "$(swarm NodeAddr)" != "$listen" ] ||
        [ "$joined" != "$(value token | cut -d - -f 3)" ]; then
        # It belongs to another swarm, or to this one in another way.
        docker swarm leave --force >/dev/null || exit 1
        state=inactive
    fi
fi
if [ "$state" = inactive ]; then
    if [ "$mode" = manager ] && [ ! -f "$KVMCTL_INPUTS/manager" ]; then
        # It prints a token.
        docker swarm init --advertise-addr "$listen" --listen-addr "$listen:2377" --data-path-addr "$listen" \
            --default-addr-pool "$(value pool)" >/dev/null || exit 1
    else
        join
    fi
elif [ "$is_manager" = true ]; then
    [ "$mode" = manager ] || fail 'the machine is a manager: demote it (docker node demote) before it can be a worker'
    [ "$(swarm NodeAddr)" = "$listen" ] ||
        fail "the swarm knows this manager as $(swarm NodeAddr), and a manager keeps its address"
fi

if [ "$mode" = worker ]; then
    printf 'workerToken=\nmanagerToken=\n' >&3
    exit 0
fi

availability=active
[ "$(value containers)" = true ] || availability=drain
docker node update --availability "$availability" self >/dev/null || exit 1
# Those that left the list, and what is left of those that were made again under their name.
if [ -f "$KVMCTL_INPUTS/workers" ]; then
    nodes=$(docker node ls -q) || exit 1
    # shellcheck disable=SC2086 # a list of ids
    nodes=$(docker node inspect --format \
        '{{.ID}} {{.Spec.Role}} {{.Status.State}} {{.Description.Hostname}} {{.Description.Engine.Labels.kvmctl}}' \
        $nodes) || exit 1
    printf '%s\n' "$nodes" | while read -r id role state name label; do
        [ "$role" = worker ] && [ "$label" = yes ] || continue
        if cut -d ' ' -f 1 "$KVMCTL_INPUTS/workers" | grep -qxF "$name"; then
            [ "$state" = down ] || continue
            printf '%s\n' "$nodes" | awk -v name="$name" '$4 == name && $3 == "ready" { n++ } END { exit !n }' || continue
        fi
        docker node update --availability drain "$id" >/dev/null 2>&1
        docker node rm --force "$id" >/dev/null || exit 1
    done || exit 1
fi
worker=$(docker swarm join-token -q worker) || exit 1
manager=$(docker swarm join-token -q manager) || exit 1
printf 'workerToken=%s\nmanagerToken=%s\n' "$worker" "$manager" >&3
