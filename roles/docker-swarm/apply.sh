# shellcheck shell=sh
# Begins the swarm or joins it, and has the manager know its workers. Tokens go in on standard input.
#
# A machine with the state of a manager never leaves a swarm here, whatever it says of itself: that state is all that
# there is of the swarm. Docker itself refuses it as well, as nothing is done by force to the machine.
set -u
fail() { printf '%s\n' "$1" >&2; exit 1; }
value() { [ ! -f "$KVMCTL_INPUTS/$1" ] || cat "$KVMCTL_INPUTS/$1"; }
swarm() { docker info --format "{{.Swarm.$1}}" 2>/dev/null; }
mode=$(value mode)
listen=$(value listen)
# Which swarm it joins, and by which manager: the middle of its token, which is no secret, and an address.
joined=/var/lib/kvmctl-swarm/joined
# The addresses of the workers that were listed last.
known=/var/lib/kvmctl-swarm/workers
mkdir -p /var/lib/kvmctl-swarm || exit 1

if [ "$mode" = manager ]; then
    for input in manager token; do
        [ ! -f "$KVMCTL_INPUTS/$input" ] ||
            fail "the input $input is of workers: a swarm has one manager, which begins it, and no other one joins it"
    done
else
    for input in manager token; do
        [ -f "$KVMCTL_INPUTS/$input" ] || fail "who joins a swarm needs the input $input"
    done
    token=$(value token)
    case $token in
        SWMTKN-*[!A-Za-z0-9-]*) fail 'the token is not one of a swarm' ;;
        SWMTKN-?*-?*-?*) ;;
        *) fail 'the token is not one of a swarm' ;;
    esac
    wanted="$(printf '%s\n' "$token" | cut -d - -f 3) $(value manager)"
fi

# Docker refuses a change of a node that changes at the same moment, as one does that is leaving or coming back.
set_to() {
    for _ in 1 2 3 4 5; do
        said=$(docker node update --availability "$1" "$2" 2>&1 >/dev/null) && return
        case $said in *'out of sequence'*) sleep 1 ;; *) break ;; esac
    done
    printf '%s\n' "$said" >&2
    return 1
}

round=0
until docker info >/dev/null 2>&1; do
    round=$((round + 1))
    [ $round -lt 60 ] || fail 'Docker does not answer'
    sleep 2
done

# Whether the machine has the state of a manager.
has_managed() { [ -n "$(find /var/lib/docker/swarm/raft -type f 2>/dev/null | head -n 1)" ]; }

# Waits up to $1 rounds until the machine's state is $2, which is two words.
await() {
    round=0
    until [ "$(docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}' 2>/dev/null)" = "$2" ]; do
        round=$((round + 1))
        [ $round -lt "$1" ] || return 1
        sleep 2
    done
}

# Fails with what somebody has to do, since nothing can be done here without the loss of a swarm.
stuck() {
    state=$(swarm LocalNodeState)
    why=$(swarm Error)
    why=${why:+: $why}
    case $state in
        locked) fail "the machine's swarm is locked$why: unlock it there with docker swarm unlock, and apply again" ;;
        inactive)
            why="Docker is in no swarm, but /var/lib/docker/swarm has the state of one that this machine managed"
            fail "$why: restart Docker; if that swarm may end, take the folder away; then apply again" ;;
        active) fail "the machine manages a swarm, but its manager does not answer$why: mend that, and apply again" ;;
    esac
    why="the machine's part of the swarm is in the state $state$why: mend the cause and restart Docker"
    why="$why; if nothing of the swarm is needed any more, end it there with docker swarm leave --force"
    fail "$why; then apply again"
}

# Only ever a worker, or one that never was in.
leave() {
    # Who cannot join another swarm stays where it is.
    timeout 10 bash -c ": <'/dev/tcp/$(value manager)/2377'" 2>/dev/null ||
        fail "the manager $(value manager) does not answer on port 2377: the machine $1"
    docker swarm leave >/dev/null || fail 'the machine cannot leave its swarm: see docker info there'
}

remember() { { printf '%s\n' "$wanted" >"$joined.new" && mv "$joined.new" "$joined"; } || exit 1; }

join() {
    # Before it joins: a join that was cut off goes on by itself, with what it began with.
    remember
    # The command docker takes the token as an argument, which everybody in the guest could read.
    said=$(printf '{"ListenAddr": "%s:2377", "AdvertiseAddr": "%s", "DataPathAddr": "%s", "RemoteAddrs": ["%s:2377"],
        "JoinToken": "%s"}' "$listen" "$listen" "$listen" "$(value manager)" "$token" |
        curl -sS -m 60 --unix-socket /run/docker.sock -H 'Content-Type: application/json' --data-binary @- \
            http://docker/v1.41/swarm/join 2>&1)
    case $said in
        '' | *'continue in the background'*) ;;
        *) fail "the manager $(value manager) does not let the machine in: $(printf '%s' "$said" | tail -n 1)" ;;
    esac
    await 90 'active false' ||
        fail "the machine did not join by the manager $(value manager): it is $(swarm LocalNodeState). $(swarm Error)"
}

state=$(swarm LocalNodeState)
# Docker tries again by itself after an error.
if [ "$state" = error ]; then
    round=0
    while [ "$(swarm LocalNodeState)" = error ] && [ $round -lt 15 ]; do
        round=$((round + 1))
        sleep 2
    done
    state=$(swarm LocalNodeState)
fi

if [ "$mode" = worker ]; then
    if has_managed || [ "$(swarm ControlAvailable)" = true ]; then
        why='the machine manages or managed a swarm, and joins no other: if nothing of that swarm is needed any more'
        fail "$why, end it there with docker swarm leave --force, and apply again"
    fi
    case $state in
        inactive) join ;;
        pending)
            # Docker goes on for ever with the manager that it began with.
            if [ "$(cat "$joined" 2>/dev/null)" != "$wanted" ] || ! await 90 'active false'; then
                leave "is still joining by what it was told before"
                join
            fi ;;
        active)
            # Where the manager alone has another address, Docker was told so by the swarm.
            digest=$(cut -d ' ' -f 1 "$joined" 2>/dev/null)
            if [ "$(swarm NodeAddr)" != "$listen" ] || [ "$digest" != "${wanted% *}" ]; then
                leave 'stays in the swarm in which it is'
                join
            else
                remember
            fi ;;
        *) stuck ;;
    esac
    printf 'workerToken=\n' >&3
    exit 0
fi

if has_managed; then
    # The manager begins after the rest.
    case $state in
        active | pending) await 60 'active true' || stuck ;;
        *) stuck ;;
    esac
else
    case $state in
        active)
            [ "$(swarm ControlAvailable)" = true ] ||
                fail 'the machine is a worker of a swarm: run docker swarm leave there, and apply again' ;;
        inactive)
            # It prints a token.
            docker swarm init --advertise-addr "$listen" --listen-addr "$listen:2377" --data-path-addr "$listen" \
                --default-addr-pool "$(value pool)" >/dev/null || exit 1 ;;
        *) await 60 'active true' || stuck ;;
    esac
fi
address=$(swarm NodeAddr)
[ "$address" = "$listen" ] || fail "the swarm knows this manager as $address, and a manager keeps its address"

availability=active
[ "$(value containers)" = true ] || availability=drain
# The word self is understood where a node is looked at, and not where it is changed.
set_to "$availability" "$(swarm NodeID)" || exit 1
# Those that were listed and are no more, and what is left of those that were made again at their address.
if [ -f "$KVMCTL_INPUTS/workers" ]; then
    listed=$(awk '{ print $2 }' "$KVMCTL_INPUTS/workers")
    { printf '%s\n' "$listed"; cat "$known" 2>/dev/null; } | sort -u >"$known.new" || exit 1
    mv "$known.new" "$known" || exit 1
    nodes=$(docker node ls -q) || exit 1
    # shellcheck disable=SC2086 # a list of ids
    nodes=$(docker node inspect --format \
        '{{.ID}} {{.Spec.Role}} {{.Status.State}} {{.Status.Addr}} {{.Description.Engine.Labels.kvmctl}}' \
        $nodes) || exit 1
    printf '%s\n' "$nodes" | while read -r id role state address label; do
        [ "$role" = worker ] && [ "$label" = yes ] || continue
        grep -qxF "$address" "$known" || continue
        if printf '%s\n' "$listed" | grep -qxF "$address"; then
            [ "$state" = down ] || continue
            printf '%s\n' "$nodes" |
                awk -v address="$address" '$4 == address && $3 == "ready" { n++ } END { exit !n }' || continue
        fi
        set_to drain "$id" 2>/dev/null
        docker node rm --force "$id" >/dev/null || exit 1
    done || exit 1
    printf '%s\n' "$listed" >"$known.new" || exit 1
    mv "$known.new" "$known" || exit 1
else
    rm -f "$known"
fi
worker=$(docker swarm join-token -q worker) || exit 1
printf 'workerToken=%s\n' "$worker" >&3
