// Made by .ci/embed-packages from roles/: edit the files there, and run `make scripts`.
// swift-format-ignore-file

package import Spec

/// The role packages that come with kvmctl.
package enum ShippedPackages {
    /// Their files.
    package static let sources: [PackageSource] = [
        PackageSource(
            folder: "roles/docker-swarm",
            files: [
                "apply.sh": Array(###"""
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

"""###.utf8),
                "daemon.json": Array(###"""
{
  "labels": ["kvmctl=yes"],
  "log-driver": "local",
  "userland-proxy": false
}

"""###.utf8),
                "drain.sh": Array(###"""
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

"""###.utf8),
                "fixture.yaml": Array(###"""
inputs:
  mode: manager
  listen: {address: self, network: lan}

"""###.utf8),
                "health.sh": Array(###"""
# shellcheck shell=sh
# Whether Docker runs and the machine is in a swarm, as what it is to be.
read -r mode <"$KVMCTL_INPUTS/mode" || [ -n "$mode" ] || exit 1
read -r listen <"$KVMCTL_INPUTS/listen" || [ -n "$listen" ] || exit 1
# To ask would start it.
systemctl -q is-active docker.service || { echo 'Docker does not run'; exit 1; }
said=$(timeout -k 1 25 docker info --format \
    '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}} {{.Swarm.NodeAddr}} {{.Swarm.Error}}' 2>&1) || {
    said=$(printf '%s\n' "$said" | tail -n 1)
    echo "Docker does not answer: ${said:-it was asked for 25 s}"
    exit 1
}
is=worker
case $said in
    'active true '*) is=manager ;;
    'active false '*) ;;
    'inactive '*) echo 'the machine is in no swarm'; exit 1 ;;
    'locked '*) echo 'the swarm is locked: unlock it with docker swarm unlock'; exit 1 ;;
    *) echo "the machine's part of the swarm does not run: $said"; exit 1 ;;
esac
[ "$is" = "$mode" ] || { echo "the machine is a $is of the swarm and not a $mode"; exit 1; }
address=$(printf '%s\n' "$said" | cut -d ' ' -f 3)
[ "$address" = "$listen" ] || { echo "the swarm knows the machine as $address and not as $listen"; exit 1; }

"""###.utf8),
                "remove.sh": Array(###"""
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

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: Docker with its swarm mode; a manager begins a swarm, and workers join it by a token.

inputs:
  mode:
    type: choice
    choices: [manager, worker]
    required: true
    description: Whether it manages the swarm, or only runs its containers.
    example: manager
  listen:
    type: address
    required: true
    description: The guest's address by which the machines of the swarm reach each other.
    example: "{address: self, network: back}"
  manager:
    type: address
    description: Of a worker, the manager whose swarm it joins.
    example: "{address: manager, network: back}"
  token:
    type: secret
    description: Of a worker, the token with which it joins, which the manager gives.
    example: "{output: manager.roles.swarm.workerToken}"
  workers:
    type: members
    description: >-
      Of a manager, the workers by the addresses on which they listen: their containers go elsewhere before they stop,
      and one that left the list leaves the swarm.
    example: "{members: worker, network: back, wait: false}"
  pool:
    type: cidr
    default: 10.255.0.0/16
    description: Of a manager, where the networks of containers are taken from.
  containers:
    type: boolean
    default: true
    description: Of a manager, whether it runs containers, too.

packages:
  # Without apparmor, no container starts.
  debian: [docker.io, apparmor, curl]

files:
  /etc/docker/daemon.json:
    source: daemon.json

services:
  containerd: {}
  docker: {}

ports:
  - {port: 2377, when: mode.manager}
  - port: 7946
  - {port: 7946, protocol: udp}
  - {port: 4789, protocol: udp}

health:
  command: health.sh
  timeout: 5m

apply: apply.sh
check: health.sh
drain: drain.sh
undrain: undrain.sh
remove: remove.sh
timeout: 15m

outputs:
  workerToken:
    secret: true
    stable: true
    description: Of a manager, the token with which workers join.

"""###.utf8),
                "undrain.sh": Array(###"""
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

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/load-balancer",
            files: [
                "drain.sh": Array(###"""
# shellcheck shell=sh
# Sends nothing new to a member, and waits until it has finished what it has.
begun=$(date +%s)
name=$1
socket=/run/haproxy/admin.sock
ask() { printf '%s\n' "$1" | socat -t 5 - "UNIX-CONNECT:$socket"; }
said=$(ask "set server members/$name state drain") || {
    echo "HAProxy does not answer on $socket" >&2
    exit 1
}
case $said in
    '') ;;
    # It gets nothing already.
    'No such server.'*) exit 0 ;;
    *) printf '%s\n' "HAProxy does not drain $name: $said" >&2; exit 1 ;;
esac
# Connections that stay open for long end with the member. What was not answered says nothing of them.
while :; do
    answer=$(ask 'show stat') || answer=
    state=$(printf '%s\n' "$answer" | awk -F , -v name="$name" '
        /^# pxname,/ { isTable = 1 }
        $1 == "members" && $2 == name { busy = $5; isListed = 1 }
        END { print !isTable ? "unread" : isListed ? busy : "unlisted" }')
    case $state in 0 | unlisted) exit 0 ;; esac
    # An answer may take seconds where the machine is busy, and the drain must end in a minute.
    [ $(($(date +%s) - begun)) -lt 45 ] || break
    sleep 1
done
case $state in
    unread | '' | *[!0-9]*)
        echo "HAProxy does not say how many connections $name has: no answer to show stat on $socket" >&2
        exit 1 ;;
esac
echo "$name still has $state connections after 45 s; they end with it"

"""###.utf8),
                "fixture.yaml": Array(###"""
inputs:
  backends: {members: web, network: lan, port: 8080}
instances:
  web:
    roles:
      site: {static-web: {port: 8080, page: hello}}

"""###.utf8),
                "haproxy.cfg.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
global
    # Tells which configuration is in use.
    description kvmctl {{kvmctl.revision}}
    log stdout format raw local0 notice
    chroot /var/lib/haproxy
    user haproxy
    group haproxy
    maxconn {{connections}}
    stats socket /run/haproxy/admin.sock mode 600 level admin
    stats timeout 30s
    # Which members are up or drained outlasts a reload.
    server-state-file /run/kvmctl-load-balancer/state
    # What an earlier configuration still serves after a reload ends by then.
    hard-stop-after 10m

defaults
    mode {{mode}}
    log global
    option dontlognull
    load-server-state-from-file global
    timeout connect 3s
    timeout client {{idle.milliseconds}}ms
    timeout server {{idle.milliseconds}}ms
    timeout check 3s
    retries 3
    option redispatch 1
{{#mode.http}}
    timeout http-request 15s
    timeout http-keep-alive 15s
    timeout queue 15s
    # A client that reuses its connection while a reload goes on gets its answer first.
    option idle-close-on-response
{{/mode.http}}
{{#mode.tcp}}
    option tcpka
{{/mode.tcp}}

frontend clients
    bind {{#address}}{{address}}{{/address}}{{^address}}*{{/address}}:{{listen}}
{{#mode.http}}
    acl from-proxy always_false
{{#proxies}}
    acl from-proxy src {{.}}
{{/proxies}}
    http-request del-header X-Forwarded-For unless from-proxy
    option forwardfor
{{/mode.http}}
    default_backend members

backend members
    balance {{balance}}
{{#mode.http}}
    option httpchk
    http-check send meth GET uri '{{check}}'
    http-check expect status 200-399
{{/mode.http}}
    default-server check inter {{interval.milliseconds}}ms fastinter 500ms fall 2 rise 2
{{#backends}}
    server {{name}} {{address}}:{{#port}}{{port}}{{/port}}{{^port}}{{listen}}{{/port}}
{{/backends}}

"""###.utf8),
                "haproxy.service.conf": Array(###"""
[Service]
# A state of an earlier run says nothing of this one.
ExecStartPre=-/bin/rm -f /run/kvmctl-load-balancer/state
ExecReload=
ExecReload=/usr/sbin/haproxy -Ws -f $CONFIG -c -q $EXTRAOPTS
ExecReload=-/usr/local/lib/kvmctl-load-balancer/save-state
ExecReload=/bin/kill -USR2 $MAINPID

"""###.utf8),
                "health.sh": Array(###"""
# shellcheck shell=sh
# Whether HAProxy runs the configuration that was placed. A reload cannot say that: it reports success where the new
# configuration cannot be loaded, and the one before goes on.
wanted=$(sed -n 's/^ *description kvmctl //p' /etc/haproxy/haproxy.cfg)
running=$(printf 'show info\n' | socat -t 5 - UNIX-CONNECT:/run/haproxy/admin.sock 2>/dev/null |
    sed -n 's/^description: kvmctl //p')
[ -n "$wanted" ] || { echo '/etc/haproxy/haproxy.cfg does not name its revision'; exit 1; }
[ "$running" != "$wanted" ] || exit 0
[ -n "$running" ] || { echo 'HAProxy does not answer on its socket'; exit 1; }
# Its last words are that something failed; those before say what.
reason=$(journalctl -q -u haproxy.service -n 40 -o cat 2>/dev/null |
    sed -n -e '/haproxy\.main()/d' -e 's/^.*\[ALERT\][^:]*: *//p' | tail -n 1)
echo "HAProxy runs the configuration $running and not $wanted${reason:+: $reason}"
exit 1

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: HAProxy in front of a group, which shares connections or requests among its members.

inputs:
  listen:
    type: port
    default: 80
    description: The port on which clients connect.
  address:
    type: address
    description: The guest's address on which clients connect; all of them where it is not set.
    example: "{address: self, network: front}"
  backends:
    type: members
    required: true
    description: >-
      Who gets the work. A member without a port gets it on the port that listens.
    example: "{members: web, network: back, port: 8080}"
  mode:
    type: choice
    choices: [http, tcp]
    default: http
    description: Whether requests are shared, or whole connections of any protocol.
  balance:
    type: choice
    choices: [roundrobin, leastconn, source]
    default: roundrobin
    description: Who gets the next one. With source a client stays with a member.
  check:
    type: text
    default: /
    description: In the mode http, the page of each member that has to answer with a status from 200 to 399.
    example: /health
  interval:
    type: duration
    default: 2s
    description: The time between two checks of a member; two that fail take it out, two that pass bring it back.
  idle:
    type: duration
    default: 50s
    description: How long either side of a connection may be silent.
  proxies:
    type: list
    items: cidr
    description: >-
      In the mode http, the networks of proxies whose X-Forwarded-For is believed. From all others it is removed.
    example: "[10.0.0.0/24]"
  connections:
    type: integer
    from: 10
    to: 100000
    default: 2000
    description: How many connections clients can have at once.

packages:
  debian: [haproxy, socat]

files:
  /etc/haproxy/haproxy.cfg:
    template: haproxy.cfg.mustache
    check: haproxy -c -q -f %s
  /etc/systemd/system/haproxy.service.d/kvmctl.conf:
    source: haproxy.service.conf
  /usr/local/lib/kvmctl-load-balancer/save-state:
    source: save-state.sh
    mode: "0755"

services:
  haproxy: {onChange: reload}

ports:
  - port: "{{listen}}"

health:
  command: health.sh
  timeout: 60s

check: health.sh

drain: drain.sh
undrain: undrain.sh

outputs:
  port:
    value: "{{listen}}"
    description: The port on which clients connect.

"""###.utf8),
                "save-state.sh": Array(###"""
#!/bin/sh
# Saves which members are up or drained, for the configuration that is about to be loaded.
umask 077
folder=/run/kvmctl-load-balancer
mkdir -p "$folder" || exit 1
printf 'show servers state\n' | socat -t 5 - UNIX-CONNECT:/run/haproxy/admin.sock >"$folder/running" || exit 1
# A member that has another address or port now is another server: HAProxy would go on with the old port.
awk '
    NR == FNR { if ($1 == "server") place[$2] = $3; next }
    NF < 19 || /^#/ || place[$4] == $5 ":" $19' /etc/haproxy/haproxy.cfg "$folder/running" >"$folder/state.new" &&
    mv -f "$folder/state.new" "$folder/state"

"""###.utf8),
                "undrain.sh": Array(###"""
# shellcheck shell=sh
# Sends work to a member again, and waits until it is seen to be up: another one may be drained next.
name=$1
socket=/run/haproxy/admin.sock
ask() { printf '%s\n' "$1" | socat -t 5 - "UNIX-CONNECT:$socket"; }
said=$(ask "set server members/$name state ready") || {
    echo "HAProxy does not answer on $socket" >&2
    exit 1
}
case $said in
    '') ;;
    # It left the list.
    'No such server.'*) exit 0 ;;
    *) printf '%s\n' "HAProxy does not put $name back: $said" >&2; exit 1 ;;
esac
begun=$(date +%s)
while :; do
    # Its status, and what the last check found.
    status=$(ask 'show stat' | awk -F , -v name="$name" '$1 == "members" && $2 == name { print $18, $37 }')
    case $status in 'UP '[0-9]*) ;; 'UP '*) exit 0 ;; esac
    [ $(($(date +%s) - begun)) -lt 50 ] || break
    sleep 1
done
echo "$name is not up for HAProxy after 50 s: ${status:-it is not listed, or HAProxy does not answer}" >&2
exit 1

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/mariadb",
            files: [
                "apply.sh": Array(###"""
# shellcheck shell=sh
# Makes databases, users and the replication what the inputs say. Secrets go in on standard input.
set -u
fail() { printf '%s\n' "$1" >&2; exit 1; }
value() { [ ! -f "$KVMCTL_INPUTS/$1" ] || cat "$KVMCTL_INPUTS/$1"; }
ask() { mariadb --batch --skip-column-names -e "$1"; }
# One more line of SQL; echo would read what is in it.
say() { printf '%s\n' "$1"; }
# A text as MariaDB's SQL writes one.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e "s/'/\\\\'/g")"; }
# Fails where $1 is no plain name of a $2.
check_name() {
    case $1 in
        '' | *[!A-Za-z0-9_-]*) fail "$2 '$1': use letters, digits, - and _" ;;
        mysql | sys | information_schema | performance_schema | root | kvmctl_replication)
            fail "$2 $1: this name is MariaDB's or kvmctl's own" ;;
    esac
}
mode=$(value mode)

[ "$mode" = galera ] || systemctl stop kvmctl-mariadb-state.socket 2>/dev/null
round=0
until ask 'SELECT 1' >/dev/null 2>&1; do
    # One that gets a copy is starting for as long as that takes.
    [ "$(systemctl is-active mariadb.service)" = activating ] || round=$((round + 1))
    [ $round -lt 60 ] || { ask 'SELECT 1'; fail 'MariaDB does not answer'; }
    sleep 2
done
followed=$(ask 'SHOW SLAVE STATUS') || exit 1

make_databases() {
    databases=$(value databases)
    for database in $databases; do
        check_name "$database" database
        say "CREATE DATABASE IF NOT EXISTS \`$database\`;"
    done
    value users | while IFS= read -r line; do
        case $line in *=*) ;; *) fail 'a password of several lines cannot be used' ;; esac
        user=${line%%=*}
        check_name "$user" user
        say "CREATE USER IF NOT EXISTS '$user'@'%';"
        say "ALTER USER '$user'@'%' IDENTIFIED BY $(quoted "${line#*=}");"
        for database in $databases; do
            # In a grant, _ stands for any character.
            say "GRANT ALL ON \`$(printf '%s' "$database" | sed 's/_/\\_/g')\`.* TO '$user'@'%';"
        done
    done || exit 1
    if [ "$mode" = galera ]; then
        # The server itself copies for others, and logs in as whom it runs.
        say "CREATE USER IF NOT EXISTS 'mysql'@'localhost' IDENTIFIED VIA unix_socket;"
        say "GRANT RELOAD, PROCESS, LOCK TABLES, REPLICATION CLIENT ON *.* TO 'mysql'@'localhost';"
    fi
    [ "$mode" = primary ] && [ -f "$KVMCTL_INPUTS/replication" ] || return 0
    say "CREATE USER IF NOT EXISTS 'kvmctl_replication'@'%';"
    say "ALTER USER 'kvmctl_replication'@'%' IDENTIFIED BY $(quoted "$(value replication)");"
    say "GRANT REPLICATION SLAVE ON *.* TO 'kvmctl_replication'@'%';"
}

follow() {
    for input in primary replication; do
        [ -f "$KVMCTL_INPUTS/$input" ] || fail "a replica needs the input $input"
    done
    if [ -z "$followed" ]; then
        own=$(ask "SELECT table_schema FROM information_schema.tables WHERE table_schema NOT IN
            ('mysql', 'sys', 'information_schema', 'performance_schema') LIMIT 1") || exit 1
        [ -z "$own" ] || fail "this server has tables of its own in the database $own: a replica begins without any"
        say "RESET MASTER; SET GLOBAL gtid_slave_pos = '';"
    fi
    say "STOP SLAVE;"
    say "CHANGE MASTER TO MASTER_HOST = '$(value primary)', MASTER_PORT = $(value primaryPort),"
    say "MASTER_USER = 'kvmctl_replication', MASTER_PASSWORD = $(quoted "$(value replication)"),"
    say "MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 5;"
    say "START SLAVE;"
}

if [ "$mode" = galera ]; then
    # Before it has everything from the others, it takes nothing.
    round=0
    while :; do
        status=$(ask "SHOW STATUS LIKE 'wsrep%'" 2>/dev/null)
        field() { printf '%s\n' "$status" | awk -F '\t' -v name="$1" '$1 == name { print $2 }'; }
        [ "$(field wsrep_ready)" != ON ] || break
        # As long as it gets a copy, or what it missed, it is on its way.
        case $(field wsrep_cluster_status),$(field wsrep_local_state_comment) in
            Primary,Join* | Primary,Donor*) ;;
            *) round=$((round + 1)) ;;
        esac
        [ $round -lt 60 ] ||
            fail "this member takes no changes: its group is $(field wsrep_cluster_status); start the other members"
        sleep 2
    done
fi

case $mode in
    replica) statements=$(follow) || exit 1 ;;
    *)
        statements=$(make_databases) || exit 1
        # It followed another one before.
        [ -z "$followed" ] || statements="STOP SLAVE; RESET SLAVE ALL; $statements" ;;
esac
printf '%s\n' "$statements" | mariadb --batch

"""###.utf8),
                "check.sh": Array(###"""
# shellcheck shell=sh
# Whether a replica follows its primary, and a member of a Galera group serves, in the group of the others. A replica
# whose primary is away waits for it by itself.
read -r mode <"$KVMCTL_INPUTS/mode" || [ -n "$mode" ] || exit 1
if [ "$mode" = galera ]; then
    status=$(timeout -k 1 20 mariadb --batch --skip-column-names -e "SHOW STATUS LIKE 'wsrep%'" 2>&1) || {
        printf '%s\n' "${status:-MariaDB does not answer}" | tail -n 1
        exit 1
    }
    value() { printf '%s\n' "$status" | awk -F '\t' -v name="$1" '$1 == name { print $2 }'; }
    group=$(value wsrep_cluster_status)
    comment=$(value wsrep_local_state_comment)
    case $group,$comment in
        Primary,Synced | Primary,Donor* | Primary,Join*) ;;
        *) echo "the member does not serve: it is ${comment:-in no group}, and its group ${group:-none}"; exit 1 ;;
    esac
    for address in $(value wsrep_incoming_addresses | tr ',' ' '); do
        address=${address%:*}
        case $address in *.*.*.*) ;; *) continue ;; esac
        awk -v address="$address" '$2 == address { n++ } END { exit !n }' "$KVMCTL_INPUTS/members" || {
            echo "the group has the member $address, which the input members does not have"
            exit 1
        }
    done
    # All at once, since one that is off takes its time.
    uuid=$(value wsrep_cluster_state_uuid)
    others=$(
        while read -r _ address _ || [ -n "$address" ]; do
            timeout 2 bash -c "read -r line <'/dev/tcp/$address/4569' && echo \"$address \$line\"" 2>/dev/null &
        done <"$KVMCTL_INPUTS/members"
        wait
    )
    other=$(printf '%s\n' "$others" | awk -v uuid="$uuid" '$2 == "group" && $3 != uuid { print $1; exit }')
    [ -z "$other" ] || { echo "$other has data of another group: its own has another identity"; exit 1; }
    exit 0
fi
[ "$mode" = replica ] || exit 0
status=$(timeout -k 1 20 mariadb --batch -e 'SHOW SLAVE STATUS\G' 2>&1) || {
    printf '%s\n' "${status:-MariaDB does not answer}" | tail -n 1
    exit 1
}
value() { printf '%s\n' "$status" | sed -n "s/^ *$1: //p"; }
read -r primary <"$KVMCTL_INPUTS/primary" || [ -n "$primary" ] || exit 1
[ -n "$status" ] || { echo 'the server follows nobody'; exit 1; }
[ "$(value Master_Host)" = "$primary" ] || { echo "the server follows $(value Master_Host) and not $primary"; exit 1; }
[ "$(value Slave_IO_Running)" != No ] && [ "$(value Slave_SQL_Running)" != No ] && exit 0
why=$(value 'Last_\(IO\|SQL\)_Error' | sed '/^$/d' | head -n 1)
echo "the server does not follow its primary${why:+: $why}"
exit 1

"""###.utf8),
                "fixture.yaml": Array(###"""
inputs:
  listen: {address: self, network: lan}
  databases: [shop]

"""###.utf8),
                "health.sh": Array(###"""
# shellcheck shell=sh
# Whether MariaDB answers, a replica follows its primary, and a member of a Galera group has everything and serves.
status=$(timeout -k 1 15 mariadb --batch -e 'SHOW SLAVE STATUS\G' 2>&1) || { printf '%s\n' "$status"; exit 1; }
read -r mode <"$KVMCTL_INPUTS/mode" || [ -n "$mode" ] || exit 1
if [ "$mode" = galera ]; then
    status=$(timeout -k 1 15 mariadb --batch --skip-column-names -e "SHOW STATUS LIKE 'wsrep%'" 2>&1) || {
        printf '%s\n' "$status"
        exit 1
    }
    value() { printf '%s\n' "$status" | awk -F '\t' -v name="$1" '$1 == name { print $2 }'; }
    # One that gives another a copy serves, too.
    case $(value wsrep_cluster_status),$(value wsrep_ready),$(value wsrep_local_state_comment) in
        Primary,ON,Synced | Primary,ON,Donor*) exit 0 ;;
    esac
    echo "the member does not serve: it is $(value wsrep_local_state_comment), and its group $(value wsrep_cluster_status)"
    exit 1
fi
[ "$mode" = replica ] || exit 0
case $status in
    *'Slave_IO_Running: Yes'*'Slave_SQL_Running: Yes'*) exit 0 ;;
    '') echo 'the server follows nobody' ;;
    *)
        why=$(printf '%s\n' "$status" | sed -n 's/^ *Last_\(IO\|SQL\)_Error: \(..*\)$/\2/p' | head -n 1)
        echo "the server does not follow its primary${why:+: $why}" ;;
esac
exit 1

"""###.utf8),
                "mariadb.cnf.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
[mysqld]
port = {{port}}
bind-address = {{#listen}}{{listen}}{{/listen}}{{^listen}}127.0.0.1{{/listen}}
innodb_buffer_pool_size = {{memory.bytes}}
performance_schema = OFF
skip_name_resolve = ON
local_infile = OFF
{{^mode.alone}}
{{^mode.galera}}
# There are all changes from the first on, so that a new replica needs nothing else.
log_bin = kvmctl-bin
gtid_strict_mode = ON
log_slave_updates = ON
binlog_format = ROW
sync_binlog = 1
{{/mode.galera}}
{{/mode.alone}}
{{#mode.replica}}
read_only = ON
{{/mode.replica}}
{{#mode.galera}}
binlog_format = ROW
default_storage_engine = InnoDB
innodb_autoinc_lock_mode = 2
wsrep_on = ON
wsrep_provider = /usr/lib/galera/libgalera_smm.so
wsrep_cluster_name = kvmctl-{{kvmctl.role}}
wsrep_node_name = {{kvmctl.instance}}
# Unlike rsync, which keeps the member that is copied from writing until it is done.
wsrep_sst_method = mariabackup
wsrep_sst_auth = mysql:
{{#listen}}
wsrep_node_address = {{listen}}
wsrep_sst_receive_address = {{listen}}
# A virtual machine stands still for seconds while it moves or its memory is saved: it is not given up for that.
wsrep_provider_options = "gmcast.listen_addr=tcp://{{listen}}:4567;ist.recv_addr={{listen}}:4568;gcache.size=64M;gmcast.peer_timeout=PT10S;evs.suspect_timeout=PT20S;evs.inactive_timeout=PT40S;evs.install_timeout=PT40S"
{{/listen}}
{{/mode.galera}}

"""###.utf8),
                "mariadb.service.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
[Service]
RuntimeDirectory=kvmctl-mariadb
RuntimeDirectoryPreserve=yes
# Each server of a replication has a number of its own: its address.
ExecStartPre=+/usr/local/lib/kvmctl-mariadb/options {{kvmctl.address}}
EnvironmentFile=-/run/kvmctl-mariadb/options
{{#mode.galera}}
# A member that waited in vain tries again by itself.
Restart=on-failure
RestartSec=20
{{/mode.galera}}

"""###.utf8),
                "members.cnf.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
{{#members}}
# member {{address}} {{#self}}self{{/self}}{{^self}}other{{/self}} {{#first}}first{{/first}}{{^first}}later{{/first}}
{{/members}}
{{#begin}}
# begin
{{/begin}}
[mysqld]
wsrep_cluster_address = gcomm://{{#members}}{{address}}{{^last}},{{/last}}{{/members}}

"""###.utf8),
                "options.sh": Array(###"""
#!/bin/sh
# Says with which options MariaDB starts: the server's number, and in a Galera group whom it joins. The argument is the
# guest's address.
#
# A group exists as long as one of its members answers, and whoever starts then joins, but never with data of another
# group. Where nobody answers:
#   - who has the last state of the group begins it again: Galera notes that when the last one stops;
#   - members that all lost power know each other and go on together as soon as they meet again;
#   - a new group is begun by its first member, where the inputs say that it is new and no other one says that it has
#     data;
#   - all others wait.
set -u
address=$1
members=/etc/mysql/mariadb.conf.d/91-kvmctl-members.cnf
data=/var/lib/mysql
state=$data/grastate.dat
record=/var/lib/kvmctl-mariadb/group
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
if ! grep -qs '^wsrep_on = ON$' /etc/mysql/mariadb.conf.d/90-kvmctl.cnf; then
    # What changes from here on is its own, and no group has it.
    rm -f "$record"
    [ ! -f "$state" ] || mv "$state" "$state.before" || exit 1
    start ''
fi
[ -f "$members" ] || fail 'a member of a Galera group needs the input members, which is its own group'
grep -q '^wsrep_node_address = ' /etc/mysql/mariadb.conf.d/90-kvmctl.cnf ||
    fail 'a member of a Galera group needs the input listen'
others=$(awk '$2 == "member" && $4 == "other" { print $3 }' "$members")
role=$(awk '$2 == "member" && $4 == "self" { print $5 }' "$members")
[ -n "$role" ] || fail 'the input members does not have this instance: name its own group'
# The others ask here what this one has, also while it waits.
systemctl restart kvmctl-mariadb-state.socket || echo 'the other members cannot ask what this one has' >&2

# Remembers whose data is put here, before any of it is.
remember() {
    { mkdir -p "${record%/*}" && printf '%s\n' "$1" >"$record.new" && sync && mv "$record.new" "$record"; } ||
        fail "cannot write $record"
}

# Asks each other member whether its port for the group is open, and what it has.
ask() {
    serving='' same='' other='' having='' told=''
    for member in $others; do
        said=$(timeout 3 bash -c "read -r line <'/dev/tcp/$member/4569' && printf '%s\n' \"\$line\"" 2>/dev/null)
        is_open=no
        ! timeout 3 bash -c ": <'/dev/tcp/$member/4567'" 2>/dev/null || is_open=yes
        [ $is_open = no ] || serving="$serving $member"
        case $said in
            'group '*)
                having="$having $member"
                [ $is_open = no ] || told=${said#group }
                if [ "$said" = "$mine" ]; then
                    [ $is_open = no ] || same=$member
                elif [ $is_open = yes ]; then
                    other="$member (${said#group })"
                fi ;;
            'tables '*) having="$having $member" ;;
        esac
    done
}

mine=$(/usr/local/lib/kvmctl-mariadb/state) || fail 'cannot see what is in /var/lib/mysql'
case $mine in
    "group $(cat "$record" 2>/dev/null)") ;;
    'group '*) remember "${mine#group }" ;;
    # Of what was here before.
    *) rm -f "$record" ;;
esac
begun=$(date +%s)
while :; do
    ask
    if [ -n "$serving" ]; then
        case $mine in
            nothing)
                [ -z "$told" ] || remember "$told"
                start '' ;;
            'tables '*)
                fail "this server has tables of its own (${mine#tables }): a member that joins begins without any" ;;
            *)
                # Its data would give way to a copy of theirs.
                mend='stop the wrong one of the two groups; /var/lib/mysql of a member that is to join must be empty'
                [ -z "$other" ] || fail "the data here is of the group ${mine#group }, not of that of $other: $mend"
                [ -z "$same" ] || start '' ;;
        esac
        why="these members run, and do not say on port 4569 of which group they are:$serving"
    else
        if [ -f "$state" ] && ! grep -q '^uuid: *00000000-0000-0000-0000-000000000000' "$state"; then
            ! grep -q '^safe_to_bootstrap: *1' "$state" || start --wsrep-new-cluster
            [ ! -f "$data/gvwstate.dat" ] || start ''
        fi
        why="no other member of the group answers on port 4567: $(printf '%s' "$others" | tr '\n' ' ')"
        case $role,$mine in
            *,group*)
                why="$why; if all wait, galera_recovery says in each how far it is: in the one with the highest number"
                why="$why set safe_to_bootstrap: 1 in $state, and restart mariadb there" ;;
            first,*)
                if [ -z "$others" ]; then start --wsrep-new-cluster; fi
                if [ -n "$having" ]; then
                    why="these members have data, and none of them runs:$having; start them first"
                elif ! grep -q '^# begin$' "$members"; then
                    why="$why; this one has no data of the group: where the group is new, give the input begin: true"
                # Another one may be about to be back.
                elif [ $(($(date +%s) - begun)) -ge 30 ]; then
                    start --wsrep-new-cluster
                fi ;;
        esac
    fi
    [ $(($(date +%s) - begun)) -lt 300 ] || fail "$why"
    sleep 5
done

"""###.utf8),
                "remove.sh": Array(###"""
# shellcheck shell=sh
# Stops what only a start of MariaDB starts.
systemctl stop kvmctl-mariadb-state.socket 2>/dev/null
exit 0

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: A MariaDB server, alone, as a primary, as a replica that follows one by GTID, or as a member of a Galera group.

inputs:
  mode:
    type: choice
    choices: [alone, primary, replica, galera]
    default: alone
    description: >-
      Whether others follow it, or it follows another one and is read only, or it is one of a group all of whose members
      can be written to.
  port:
    type: port
    default: 3306
    description: The port on which clients connect.
  listen:
    type: address
    description: The guest's address on which clients connect; only those in the guest can where it is not set.
    example: "{address: self, network: back}"
  databases:
    type: list
    items: text
    description: The databases that are made where they are missing. None is ever removed.
    example: "[shop]"
  users:
    type: map
    items: secret
    description: Users with their passwords, who may do everything in the databases from everywhere; others stay.
    example: "{shop: {env: SHOP_PASSWORD}}"
  memory:
    type: size
    default: 64MiB
    description: The size of the buffer pool.
  primary:
    type: address
    description: Of a replica, whom it follows.
    example: "{address: db-1, network: back}"
  primaryPort:
    type: port
    default: 3306
    description: Of a replica, the port there.
  replication:
    type: secret
    description: Of a primary and its replicas, the password with which they connect.
    example: "{env: REPLICATION_PASSWORD}"
  members:
    type: members
    description: Of a Galera group, its own members; it also needs listen.
    example: "{members: db, network: back}"
  begin:
    type: boolean
    default: false
    description: >-
      Of a Galera group, that it is new, so that its first member begins it. Take it away once the group is there.

packages:
  # A member of a group gets a copy from another one that serves meanwhile, which takes the second and the third.
  debian: [mariadb-server, mariadb-backup, socat]

files:
  /etc/mysql/mariadb.conf.d/90-kvmctl.cnf:
    template: mariadb.cnf.mustache
    owner: root:root
  /etc/systemd/system/mariadb.service.d/kvmctl.conf:
    template: mariadb.service.mustache
  /usr/local/lib/kvmctl-mariadb/options:
    source: options.sh
    mode: "0755"
  /etc/mysql/mariadb.conf.d/91-kvmctl-members.cnf:
    template: members.cnf.mustache
    when: members
  # Members ask each other what they have before one joins or begins a group.
  /usr/local/lib/kvmctl-mariadb/state:
    source: state.sh
    mode: "0755"
    when: mode.galera
  /etc/systemd/system/kvmctl-mariadb-state.socket:
    template: state.socket.mustache
    when: mode.galera
  /etc/systemd/system/kvmctl-mariadb-state@.service:
    template: state.service.mustache
    when: mode.galera

services:
  mariadb:
    # Who else is in the group is asked at the next start; until then members tell each other.
    files:
      - /etc/mysql/mariadb.conf.d/90-kvmctl.cnf
      - /etc/systemd/system/mariadb.service.d/kvmctl.conf
      - /usr/local/lib/kvmctl-mariadb/options

ports:
  - port: "{{port}}"
    when: listen
  # Members of a group: each other, what one missed, and copies for new ones.
  - {port: 4567, when: mode.galera}
  - {port: 4568, when: mode.galera}
  - {port: 4444, when: mode.galera}
  # What each of them has.
  - {port: 4569, when: mode.galera}

health:
  command: health.sh
  timeout: 5m

apply: apply.sh
check: check.sh
remove: remove.sh
timeout: 1h

outputs:
  port:
    value: "{{port}}"
    description: The port on which clients connect.

"""###.utf8),
                "state.service.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
[Unit]
Description=What this member of a Galera group has
CollectMode=inactive-or-failed
[Service]
ExecStart=/usr/local/lib/kvmctl-mariadb/state
StandardInput=socket
StandardOutput=socket
StandardError=journal
RuntimeMaxSec=10

"""###.utf8),
                "state.sh": Array(###"""
#!/bin/sh
# Says what this member has, to itself and to the others of its group, who ask on port 4569: `group UUID` with the
# group's identity, `tables FILE` of its own, or `nothing`.
data=/var/lib/mysql
# Whose copy was put here, or began to be: a copy that was cut off has no other sign of it.
record=/var/lib/kvmctl-mariadb/group
uuid=$(sed -n 's/^uuid: *\([0-9a-f-]*\) *$/\1/p' "$data/grastate.dat" 2>/dev/null | head -n 1)
case $uuid in
    '' | 00000000-0000-0000-0000-000000000000) ;;
    *) echo "group $uuid"; exit 0 ;;
esac
own=$(find "$data" -mindepth 2 -maxdepth 2 -type f ! -name db.opt ! -path "$data/mysql/*" ! -path "$data/sys/*" \
    ! -path "$data/performance_schema/*" ! -path "$data/#*" 2>/dev/null | head -n 1)
if [ -z "$own" ]; then
    echo nothing
elif [ -s "$record" ]; then
    echo "group $(cat "$record")"
else
    echo "tables $own"
fi

"""###.utf8),
                "state.socket.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
[Unit]
Description=What this member of a Galera group has
[Socket]
{{#listen}}
ListenStream={{listen}}:4569
{{/listen}}
FreeBind=yes
Accept=yes

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/monitoring",
            files: [
                "fixture.yaml": Array(###"""
inputs:
  targets: {members: web, network: lan, wait: false}
  machines: {web-1: {address: web, network: lan, wait: false}}
instances:
  web:
    roles:
      metrics: {node-exporter: {listen: {address: self, network: lan}}}

"""###.utf8),
                "health.sh": Array(###"""
# shellcheck shell=sh
# Whether Prometheus answers where it should.
place=$(sed -n 's/^ARGS="--web\.listen-address=\([^ ]*\) .*/\1/p' /etc/default/prometheus)
said=$(promtool query instant "http://$place" 'vector(1)' 2>&1) && exit 0
echo "Prometheus does not answer on $place: $(printf '%s\n' "$said" | tail -n 1)"
exit 1

"""###.utf8),
                "prometheus.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
ARGS="--web.listen-address={{#listen}}{{listen}}{{/listen}}{{^listen}}127.0.0.1{{/listen}}:{{port}} --storage.tsdb.retention.time={{days}}d"

"""###.utf8),
                "prometheus.yml.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
global:
  scrape_interval: {{interval.seconds}}s
  scrape_timeout: {{interval.seconds}}s
scrape_configs:
  - job_name: members
    metrics_path: '{{path}}'
    static_configs:
{{#targets}}
      - targets: ['{{address}}:{{#port}}{{port}}{{/port}}{{^port}}9100{{/port}}']
        labels: {instance: '{{name}}'}
{{/targets}}
{{#machines}}
      - targets: ['{{value}}:9100']
        labels: {instance: '{{key}}'}
{{/machines}}

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: Prometheus, which keeps what machines and services say of themselves.

inputs:
  listen:
    type: address
    description: The guest's address on which it answers; only those in the guest can ask where it is not set.
    example: "{address: self, network: back}"
  port:
    type: port
    default: 9090
    description: The port on which it answers. It asks nobody for a password.
  targets:
    type: members
    description: >-
      A group whose members it asks. One without a port is asked on 9100, which is that of the role node-exporter.
    example: "{members: web, network: back, wait: false}"
  machines:
    type: map
    items: address
    description: Other machines that it asks on 9100, by the names that they have in its answers.
    example: "{db: {address: db, network: back, wait: false}}"
  path:
    type: text
    default: /metrics
    description: The page there.
  interval:
    type: duration
    default: 30s
    description: The time between two questions.
  days:
    type: integer
    from: 1
    to: 3650
    default: 15
    description: How many days answers are kept.

packages:
  debian: [prometheus]

files:
  /etc/prometheus/prometheus.yml:
    template: prometheus.yml.mustache
    check: promtool check config %s
  /etc/default/prometheus:
    template: prometheus.mustache

services:
  prometheus: {}

ports:
  - port: "{{port}}"
    when: listen

health:
  command: health.sh
  timeout: 3m

outputs:
  port:
    value: "{{port}}"
    description: The port on which it answers.

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/nfs-mount",
            files: [
                "check.sh": Array(###"""
# shellcheck shell=sh
# Whether the folder is mounted, or will be as soon as somebody looks at it. To look would wait for the server.
while read -r key value; do
    case $key in
        source) source=$value ;;
        path) path=$value ;;
    esac
done </etc/kvmctl-nfs-mount.conf
# What is on the folder, the last on top: an autofs of systemd, and the server's folder once somebody looked.
found=$(awk -v path="$path" '$2 == path { print $3, $1 }' /proc/mounts)
case $found in
    *autofs*) ;;
    *) echo "$path is not mounted when somebody looks at it"; exit 1 ;;
esac
top=$(printf '%s\n' "$found" | tail -n 1)
case $top in
    autofs\ * | nfs*" $source") ;;
    *) echo "$path is ${top#* }, and not $source"; exit 1 ;;
esac

"""###.utf8),
                "fixture.yaml": Array(###"""
inputs:
  server: {address: storage, network: lan}
  export: {output: storage.roles.share.path}
  path: /srv/www
instances:
  storage:
    roles:
      share: {nfs-server: {clients: {members: test, network: lan, wait: false}}}

"""###.utf8),
                "health.sh": Array(###"""
# shellcheck shell=sh
# Whether the folder is the server's. To look at it is what mounts it.
while read -r key value; do
    case $key in
        source) source=$value ;;
        path) path=$value ;;
    esac
done </etc/kvmctl-nfs-mount.conf
timeout -k 1 20 ls -d "$path/." >/dev/null 2>&1 || {
    echo "$path cannot be read: ${source%%:*} does not answer, or does not share ${source#*:} with this guest"
    exit 1
}
found=$(awk -v path="$path" '$2 == path && $3 ~ /^nfs/ { found = $1 } END { print found }' /proc/mounts)
[ "$found" = "$source" ] && exit 0
echo "$path is ${found:-a folder of the guest}, and not $source"
exit 1

"""###.utf8),
                "kvmctl-nfs-mount.service": Array(###"""
# Made by kvmctl: changes are undone by the next apply.
[Unit]
Description=Folder of a file server
Wants=network-online.target
After=network-online.target
Before=remote-fs.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/kvmctl-nfs-mount/mount start
ExecStop=/usr/local/lib/kvmctl-nfs-mount/mount stop

[Install]
WantedBy=multi-user.target

"""###.utf8),
                "mount.sh": Array(###"""
#!/bin/sh
# Has systemd mount the folder when somebody looks at it (start), or no more (stop).
#
# A server that is away is waited for by those who look, and by nobody else: neither a boot nor a stop hangs.
set -u
record=/run/kvmctl-nfs-mount
units=/run/systemd/system

# Gives up the folder that was mounted last.
stop() {
    [ -s "$record" ] || return 0
    read -r unit path <"$record"
    # Without its server, a plain umount would never end.
    while awk -v path="$path" '$2 == path && $3 ~ /^nfs/ { found = 1 } END { exit !found }' /proc/mounts; do
        umount -l "$path" || return 1
    done
    systemctl stop "$unit.automount" "$unit.mount" 2>/dev/null
    rm -f "$units/$unit.automount" "$units/$unit.mount" "$record"
}

start() {
    while read -r key value; do
        case $key in
            source) source=$value ;;
            path) path=$value ;;
            options) options=$value ;;
        esac
    done </etc/kvmctl-nfs-mount.conf
    unit=$(systemd-escape --path "$path") || return 1
    mkdir -p "$path" "$units" || return 1
    echo "$unit $path" >"$record" || return 1
    # A % means something to systemd.
    where=$(printf '%s\n' "$path" | sed 's/%/%%/g')
    cat >"$units/$unit.mount" <<UNIT || return 1
[Unit]
Description=Folder of a file server

[Mount]
What=$(printf '%s\n' "$source" | sed 's/%/%%/g')
Where=$where
Type=nfs4
Options=$options
TimeoutSec=15
LazyUnmount=yes
UNIT
    cat >"$units/$unit.automount" <<UNIT || return 1
[Unit]
Description=Folder of a file server

[Automount]
Where=$where
UNIT
    systemctl daemon-reload && systemctl start "$unit.automount"
}

case ${1:-} in
    start) stop && start ;;
    stop) stop && systemctl daemon-reload ;;
    *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac

"""###.utf8),
                "nfs-mount.conf.mustache": Array(###"""
# {{kvmctl.revision}}: each apply makes another file, so that the folder is mounted anew.
source {{server}}:{{export}}
path {{path}}
options {{#writable}}rw{{/writable}}{{^writable}}ro{{/writable}},nfsvers=4,hard,retry=0,nosuid,nodev,noatime

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: A folder of a file server in the guest, over NFS 4, mounted as soon as somebody looks at it.

inputs:
  server:
    type: address
    required: true
    description: The file server.
    example: "{address: storage, network: back}"
  export:
    type: path
    default: /srv/share
    description: The folder at the server.
    example: "{output: storage.roles.share.path}"
  path:
    type: path
    required: true
    description: The folder in the guest; it is made where it is missing.
    example: /srv/www
  writable:
    type: boolean
    default: false
    description: Whether the guest may change it, where the server allows it.

packages:
  debian: [nfs-common]

files:
  /etc/kvmctl-nfs-mount.conf:
    template: nfs-mount.conf.mustache
  /usr/local/lib/kvmctl-nfs-mount/mount:
    source: mount.sh
    mode: "0755"
  /etc/systemd/system/kvmctl-nfs-mount.service:
    source: kvmctl-nfs-mount.service

services:
  # NFS 4 needs neither, and they would listen.
  rpcbind.socket: {run: false}
  rpcbind: {run: false}
  kvmctl-nfs-mount: {}

health:
  command: health.sh
  timeout: 90s

check: check.sh

outputs:
  path:
    value: "{{path}}"
    description: The folder in the guest.

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/nfs-server",
            files: [
                "exports.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
# {{kvmctl.revision}}: each apply makes another file, so that the server reads it again.
{{#networks}}
{{path}} {{.}}({{#writable}}rw{{/writable}}{{^writable}}ro{{/writable}},sync,no_subtree_check{{#squash.root}},root_squash{{/squash.root}}{{#squash.all}},all_squash{{/squash.all}}{{#squash.none}},no_root_squash{{/squash.none}}{{#user}},anonuid={{user}},anongid={{#group}}{{group}}{{/group}}{{^group}}{{user}}{{/group}}{{/user}})
{{/networks}}
{{#clients}}
{{path}} {{address}}({{#writable}}rw{{/writable}}{{^writable}}ro{{/writable}},sync,no_subtree_check{{#squash.root}},root_squash{{/squash.root}}{{#squash.all}},all_squash{{/squash.all}}{{#squash.none}},no_root_squash{{/squash.none}}{{#user}},anonuid={{user}},anongid={{#group}}{{group}}{{/group}}{{^group}}{{user}}{{/group}}{{/user}})
{{/clients}}

"""###.utf8),
                "fixture.yaml": Array(###"""
inputs:
  networks: [10.0.0.0/8]

"""###.utf8),
                "health.sh": Array(###"""
# shellcheck shell=sh
# Whether the kernel serves files, to those that were placed: a wrong line is left out without a failure.
read -r threads </proc/fs/nfsd/threads 2>/dev/null
[ "${threads:-0}" -gt 0 ] || { echo 'the NFS server does not run'; exit 1; }
grep -qE '^tcp 2049$' /proc/fs/nfsd/portlist || { echo 'the NFS server does not listen on the port 2049'; exit 1; }
tab=$(printf '\t')
# PATH CLIENT(OPTIONS) there, PATH<tab>CLIENT(ALL OPTIONS) here.
grep -v '^#' /etc/exports.d/kvmctl-nfs-server.exports | while read -r path who; do
    client=${who%%(*}
    access=${who#*(}
    access=${access%%,*}
    grep -qF "$path$tab$client($access," /var/lib/nfs/etab ||
        { echo "$path is not shared with $client as $access"; exit 1; }
done

"""###.utf8),
                "nfs-server.service.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
[Service]
ExecStartPre=
ExecStartPre=/bin/mkdir -p -m 0755 {{path}}
{{#user}}
ExecStartPre=/bin/chown {{user}}:{{#group}}{{group}}{{/group}}{{^group}}{{user}}{{/group}} {{path}}
{{/user}}
ExecStartPre=-/usr/sbin/exportfs -r
ExecReload=
ExecReload=/bin/mkdir -p -m 0755 {{path}}
{{#user}}
ExecReload=/bin/chown {{user}}:{{#group}}{{group}}{{/group}}{{^group}}{{user}}{{/group}} {{path}}
{{/user}}
ExecReload=/usr/sbin/exportfs -r

"""###.utf8),
                "nfs.conf": Array(###"""
# Made by kvmctl: NFS 4 alone, on the port 2049.
[nfsd]
vers2=n
vers3=n
vers4=y
udp=n
tcp=y

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: A folder of the guest as a file server, over NFS 4 alone.

inputs:
  path:
    type: path
    default: /srv/share
    description: The folder that is shared; it is made where it is missing.
  networks:
    type: list
    items: cidr
    description: The networks whose machines may mount it. Nobody may where there are neither networks nor clients.
    example: "[10.0.0.0/24]"
  clients:
    type: members
    description: The machines that may mount it. Those that need the server to become ready are not waited for.
    example: "{members: web, network: back, wait: false}"
  writable:
    type: boolean
    default: false
    description: Whether clients may change it.
  squash:
    type: choice
    choices: [root, all, none]
    default: root
    description: Who of a client's users is nobody at the server. With none, each client's root is its root.
  user:
    type: integer
    from: 0
    to: 2147483647
    description: The numeric user that nobody is, and whose the folder is.
    example: 36
  group:
    type: integer
    from: 0
    to: 2147483647
    description: The same for the group; that of the user's number where it is not set.
    example: 36

packages:
  debian: [nfs-kernel-server]

files:
  /etc/exports.d/kvmctl-nfs-server.exports:
    template: exports.mustache
  /etc/nfs.conf.d/kvmctl-nfs-server.conf:
    source: nfs.conf
  /etc/systemd/system/nfs-server.service.d/kvmctl.conf:
    template: nfs-server.service.mustache
  # The older protocols need a service that tells anybody who asks who listens where: empty files keep it from starting.
  /etc/systemd/system/rpcbind.service: {content: ""}
  /etc/systemd/system/rpcbind.socket: {content: ""}
  /etc/systemd/system/rpc-statd.service: {content: ""}

services:
  rpcbind.socket: {run: false}
  rpcbind: {run: false}
  nfs-server: {onChange: reload}

ports:
  - port: 2049

health:
  command: health.sh
  timeout: 90s

check: health.sh

outputs:
  path:
    value: "{{path}}"
    description: The folder that is shared.

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/node-exporter",
            files: [
                "fixture.yaml": Array(###"""
inputs:
  listen: {address: self, network: lan}

"""###.utf8),
                "health.sh": Array(###"""
# shellcheck shell=sh
# Whether the exporter listens where it should.
place=$(sed -n 's/^ARGS="--web\.listen-address=\([^"]*\)"$/\1/p' /etc/default/prometheus-node-exporter)
[ -z "$(ss -Hltn "src $place")" ] || exit 0
echo "nothing listens on $place"
exit 1

"""###.utf8),
                "prometheus-node-exporter.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
ARGS="--web.listen-address={{listen}}:{{port}}"

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: What the guest's processors, memory, disks and networks do, as Prometheus reads it.

inputs:
  listen:
    type: address
    required: true
    description: The guest's address on which it answers.
    example: "{address: self, network: back}"
  port:
    type: port
    default: 9100
    description: The port on which it answers. It asks nobody for a password.

packages:
  debian: [prometheus-node-exporter]

files:
  /etc/default/prometheus-node-exporter:
    template: prometheus-node-exporter.mustache

services:
  prometheus-node-exporter: {}

ports:
  - port: "{{port}}"

health:
  command: health.sh
  timeout: 60s

outputs:
  port:
    value: "{{port}}"
    description: The port on which it answers.

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/router",
            files: [
                "fixture.yaml": Array(###"""
inputs:
  inside: [10.200.0.0/24, 10.200.0.0/16]
  publish: {80: "10.200.0.5:8080"}

"""###.utf8),
                "forwarding.sh": Array(###"""
#!/bin/sh
# Has the kernel forward packets (on), or not unless it did before (off).
switch=/proc/sys/net/ipv4/ip_forward
record=/run/kvmctl-router-forwarded
case ${1:-} in
    on) [ -e "$record" ] || cat "$switch" >"$record" || exit 1
        echo 1 >"$switch" ;;
    off)
        [ -e "$record" ] || exit 0
        cat "$record" >"$switch" && rm -f "$record" ;;
    *) echo "usage: $0 on|off" >&2; exit 2 ;;
esac

"""###.utf8),
                "health.sh": Array(###"""
# shellcheck shell=sh
# Whether the rules that were placed are in the kernel, all of them, and it forwards.
file=/etc/kvmctl-router.nft
# The revision, and of each chain its policy and how many rules it has.
shape() {
    awk '
        $1 == "chain" { chain = $2; policy = "none"; rules = 0; next }
        chain == "" { if ($1 == "comment") print "revision", $2; next }
        $1 == "}" { print chain, policy, rules; chain = ""; next }
        $1 == "type" { policy = $NF; next }
        NF && $1 !~ /^#/ { rules++ }'
}
wanted=$(shape <"$file")
running=$(nft list table ip kvmctl_router 2>/dev/null | shape)
[ -n "$wanted" ] || { echo "$file has no rules"; exit 1; }
[ -n "$running" ] || { echo "the kernel does not have the rules of $file"; exit 1; }
[ "$running" = "$wanted" ] || { echo "the kernel has other rules than $file"; exit 1; }
read -r forwards </proc/sys/net/ipv4/ip_forward
[ "$forwards" = 1 ] || { echo 'the kernel does not forward packets'; exit 1; }

"""###.utf8),
                "kvmctl-router.service": Array(###"""
# Made by kvmctl: changes are undone by the next apply.
[Unit]
Description=Router between networks
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=local-fs.target systemd-sysctl.service nftables.service
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
# The rules come first, so that nothing passes without them.
ExecStart=/usr/sbin/nft -f /etc/kvmctl-router.nft
ExecStart=/usr/local/lib/kvmctl-router/forwarding on
ExecReload=/usr/sbin/nft -f /etc/kvmctl-router.nft
ExecReload=/usr/local/lib/kvmctl-router/forwarding on
ExecStop=/usr/local/lib/kvmctl-router/forwarding off
ExecStop=-/usr/sbin/nft delete table ip kvmctl_router

[Install]
WantedBy=multi-user.target

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: A router with a firewall between networks, by nftables.

inputs:
  inside:
    type: list
    items: cidr
    required: true
    description: The networks behind the router. Their machines may open connections to everywhere, and each other.
    example: "[10.0.0.0/24]"
  nat:
    type: boolean
    default: true
    description: Whether the machines inside appear outside with the router's address.
  publish:
    type: map
    items: text
    description: >-
      The ports of the router on which machines inside can be reached from outside, each with the address and port there.
    example: "{80: \"10.0.0.5:8080\"}"
  publishUDP:
    type: map
    items: text
    description: The same for UDP.
    example: "{53: \"10.0.0.6:53\"}"
  allow:
    type: list
    items: cidr
    description: Networks outside whose machines may open connections to those inside, without the router's address.
    example: "[192.168.7.0/24]"

packages:
  debian: [nftables]

files:
  /etc/kvmctl-router.nft:
    template: router.nft.mustache
    check: nft -c -f %s
  /etc/systemd/system/kvmctl-router.service:
    source: kvmctl-router.service
  /usr/local/lib/kvmctl-router/forwarding:
    source: forwarding.sh
    mode: "0755"

services:
  kvmctl-router: {onChange: reload}

health:
  command: health.sh
  timeout: 60s

check: health.sh

"""###.utf8),
                "router.nft.mustache": Array(###"""
#!/usr/sbin/nft -f
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
# In one step: the old rules hold until the new ones do.
table ip kvmctl_router
delete table ip kvmctl_router
table ip kvmctl_router {
    comment "{{kvmctl.revision}}"

    set inside {
        type ipv4_addr
        flags interval
        # Networks may be in each other.
        auto-merge
        # The first is nobody's: the list may be empty.
        elements = { 0.0.0.0{{#inside}}, {{.}}{{/inside}} }
    }

    # Who says to be inside has to come from there: the way back leads to where the packet came in. Who has no address
    # yet asks for one.
    chain sources {
        type filter hook prerouting priority raw; policy accept;
        ip saddr != 0.0.0.0 ip saddr @inside fib saddr . iif oif missing drop
    }

    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        ct state invalid drop
        ip saddr @inside accept
        ct status dnat accept
{{#allow}}
        ip saddr {{.}} ip daddr @inside accept
{{/allow}}
    }

    chain prerouting {
        type nat hook prerouting priority dstnat; policy accept;
{{#publish}}
        fib daddr type local tcp dport {{key}} dnat to {{value}}
{{/publish}}
{{#publishUDP}}
        fib daddr type local udp dport {{key}} dnat to {{value}}
{{/publishUDP}}
    }

    chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
{{#nat}}
        ip saddr @inside ip daddr != @inside masquerade
        # What comes back from inside by a published port passes the router as well.
        ip saddr @inside ip daddr @inside ct status dnat masquerade
{{/nat}}
    }
}

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/static-web",
            files: [
                "kvmctl-static-web.service.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
[Unit]
Description=Website of {{path}}
Wants=network-online.target
After=network-online.target remote-fs.target
StartLimitIntervalSec=0

[Service]
User=www-data
Group=www-data
# A file server that is not there yet is no reason not to start.
ExecStartPre=-+/bin/mkdir -p -m 0755 "{{path}}"
ExecStart=/usr/sbin/nginx -p /run/kvmctl-static-web/ -c /etc/nginx/kvmctl-static-web.conf
ExecReload=-+/bin/mkdir -p -m 0755 "{{path}}"
ExecReload=/usr/sbin/nginx -q -t -p /run/kvmctl-static-web/ -c /etc/nginx/kvmctl-static-web.conf
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
RuntimeDirectory=kvmctl-static-web
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectHome=read-only
ProtectSystem=strict
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX

[Install]
WantedBy=multi-user.target

"""###.utf8),
                "nginx.conf.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr;
events { worker_connections 1024; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    server_tokens off;
    access_log off;
    sendfile on;
    charset utf-8;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen {{port}} default_server;
        server_name _;
        root "{{path}}";
        index index.html;
        autoindex {{#listing}}on{{/listing}}{{^listing}}off{{/listing}};
        disable_symlinks if_not_owner from="{{path}}";
        absolute_redirect off;
        add_header X-Content-Type-Options nosniff always;
        if ($request_method !~ ^(GET|HEAD)$) { return 405; }
        location = /.kvmctl/{{kvmctl.revision}} {
            default_type text/plain;
            if (!-d $document_root) { return 503; }
            return 200 "{{kvmctl.revision}}\n";
        }
        location ~ /\. { return 404; }
{{#page}}
        location = / { rewrite ^ /index.html last; }
        location = /index.html { root /var/lib/kvmctl-static-web; disable_symlinks off; }
{{/page}}
        # In a folder of a file server, a file that was replaced there is found under its old handle once; the next look finds
        # the new one. So each path is looked at twice, and asked for again where that came in between.
        location / { try_files $uri $uri/ $uri $uri/ =404; error_page 500 = @again; }
        location @again { try_files $uri $uri/ $uri $uri/ =404; }
    }
}

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: A folder of the guest as a website, served by nginx without any rights.

inputs:
  port:
    type: port
    default: 80
    description: The port of the website.
  path:
    type: path
    default: /srv/www
    description: The folder that is served; it is made where it is missing.
    example: /srv/pages
  page:
    type: text
    description: The text of the first page, which otherwise is the folder's index.html.
    example: "<h1>Hello</h1>"
  listing:
    type: boolean
    default: false
    description: Whether folders without an index.html are listed.

packages:
  debian: [nginx]

files:
  /etc/nginx/kvmctl-static-web.conf:
    template: nginx.conf.mustache
    # In a folder of its own, since a check leaves no traces.
    check: d=$(mktemp -d) || exit 1; nginx -q -t -p "$d/" -c %s; c=$?; rm -rf "$d"; exit $c
  /etc/systemd/system/kvmctl-static-web.service:
    template: kvmctl-static-web.service.mustache
  /var/lib/kvmctl-static-web/index.html:
    content: "{{page}}"
    when: page

services:
  kvmctl-static-web:
    onChange: reload
  # The distribution's own would take the port 80.
  nginx: {run: false}

ports:
  - port: "{{port}}"

# Only the configuration that was just placed has this page, and it has it only where the folder is there.
health:
  http: {port: "{{port}}", path: "/.kvmctl/{{kvmctl.revision}}", body: "{{kvmctl.revision}}"}
  timeout: 60s

outputs:
  port:
    value: "{{port}}"
    description: The port of the website.

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/waf",
            files: [
                "fixture.yaml": Array(###"""
inputs:
  backends: {members: web, network: lan, port: 8080}
instances:
  web:
    roles:
      site: {static-web: {port: 8080, page: hello}}

"""###.utf8),
                "kvmctl-waf.service": Array(###"""
# Made by kvmctl: changes are undone by the next apply.
[Unit]
Description=Firewall for web applications
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
User=www-data
Group=www-data
ExecStart=/usr/sbin/nginx -p /run/kvmctl-waf/ -c /etc/nginx/kvmctl-waf.conf
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
RuntimeDirectory=kvmctl-waf
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX

[Install]
WantedBy=multi-user.target

"""###.utf8),
                "nginx.conf.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
daemon off;
worker_processes 1;
pid nginx.pid;
# Rules that matched are told at this level.
error_log stderr info;
load_module /usr/lib/nginx/modules/ngx_http_modsecurity_module.so;
events { worker_connections 2048; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    server_tokens off;
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    client_max_body_size {{bodyLimit.bytes}};
    map $http_upgrade $connection_header {
        default upgrade;
        "" "";
    }
    upstream members {
{{#backends}}
        server {{address}}:{{#port}}{{port}}{{/port}}{{^port}}{{listen}}{{/port}} max_fails=2 fail_timeout=5s;
{{/backends}}
{{^backends}}
        server unix:/run/kvmctl-waf/nobody;
{{/backends}}
        keepalive 16;
    }
    server {
        listen {{listen}} default_server;
        server_name _;
        location = /.kvmctl/{{kvmctl.revision}} {
            default_type text/plain;
            return 200 "{{kvmctl.revision}}\n";
        }
        location / {
            modsecurity on;
            modsecurity_rules '
                Include /etc/nginx/modsecurity.conf
                SecRuleEngine {{#mode.block}}On{{/mode.block}}{{#mode.detect}}DetectionOnly{{/mode.detect}}
                SecRequestBodyLimit {{bodyLimit.bytes}}
                SecResponseBodyAccess Off
                SecPcreMatchLimit 100000
                SecPcreMatchLimitRecursion 100000
                # Nothing is sent to the project that makes it, and what was refused is in the journal.
                SecStatusEngine Off
                SecAuditEngine Off
                Include /etc/modsecurity/crs/crs-setup.conf
                SecAction "id:900000,phase:1,nolog,pass,t:none,setvar:tx.paranoia_level={{paranoia}}"
                Include /usr/share/modsecurity-crs/rules/*.conf
{{#disabledRules}}
                SecRuleRemoveById {{.}}
{{/disabledRules}}
            ';
            proxy_pass http://members;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_header;
            # What a client says of itself is not believed.
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_connect_timeout 3s;
            proxy_read_timeout {{timeout.milliseconds}}ms;
            proxy_send_timeout {{timeout.milliseconds}}ms;
            proxy_next_upstream error timeout;
            proxy_next_upstream_tries 3;
        }
    }
}

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: A firewall for web applications in front of a group, by ModSecurity with the OWASP rules in nginx.

inputs:
  listen:
    type: port
    default: 80
    description: The port on which clients connect.
  backends:
    type: members
    required: true
    description: >-
      Who gets the requests that pass. A member without a port gets them on the port that listens.
    example: "{members: lb, network: back, port: 80}"
  mode:
    type: choice
    choices: [block, detect]
    default: block
    description: Whether an attack is refused, or only written to the guest's journal.
  paranoia:
    type: integer
    from: 1
    to: 4
    default: 1
    description: How much is taken for an attack. From 2 on, honest requests may be as well.
  disabledRules:
    type: list
    items: integer
    description: Rules that are not applied, by their numbers, which the journal has.
    example: "[942100]"
  bodyLimit:
    type: size
    default: 10MiB
    description: The size of the largest request.
  timeout:
    type: duration
    default: 60s
    description: How long a member may be silent before the client gets an error.

packages:
  debian: [nginx, libnginx-mod-http-modsecurity, modsecurity-crs]

files:
  /etc/nginx/kvmctl-waf.conf:
    template: nginx.conf.mustache
  /etc/systemd/system/kvmctl-waf.service:
    source: kvmctl-waf.service

services:
  kvmctl-waf: {onChange: reload}
  # The distribution's own would take the port 80.
  nginx: {run: false}

ports:
  - port: "{{listen}}"

# Only the configuration that was just placed has this page. Reading the rules takes a while.
health:
  http: {port: "{{listen}}", path: "/.kvmctl/{{kvmctl.revision}}", body: "{{kvmctl.revision}}"}
  timeout: 3m

outputs:
  port:
    value: "{{listen}}"
    description: The port on which clients connect.

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/zabbix-agent",
            files: [
                "fixture.yaml": Array(###"""
inputs:
  listen: {address: self, network: lan}
  server: {address: self, network: lan}

"""###.utf8),
                "health.sh": Array(###"""
#!/bin/bash
# Whether the agent answers, and is the one that was just configured.
listen=$(cat "$KVMCTL_INPUTS/listen") port=$(cat "$KVMCTL_INPUTS/port")
said=$(
    exec 2>/dev/null
    exec 3<>"/dev/tcp/$listen/$port" || exit 1
    # Zabbix' header, and the length of the question.
    printf 'ZBXD\1\16\0\0\0\0\0\0\0agent.hostname' >&3
    timeout 10 cat <&3 | tr -cd 'a-zA-Z0-9.-'
)
case $said in ZBXD*"$KVMCTL_INSTANCE") exit 0 ;; esac
echo "the agent does not answer on $listen:$port${said:+: it says $said}"
exit 1

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: What a Zabbix server asks about the guest's processors, memory, disks and networks.

inputs:
  listen:
    type: address
    required: true
    description: The guest's address on which it answers.
    example: "{address: self, network: back}"
  port:
    type: port
    default: 10050
    description: The port on which it answers.
  server:
    type: address
    required: true
    description: The Zabbix server's address. The agent answers only it and the guest itself.
    example: "{address: monitor, network: back, wait: false}"

packages:
  debian: [zabbix-agent]

files:
  /etc/zabbix/zabbix_agentd.conf:
    template: zabbix_agentd.conf.mustache
  /etc/systemd/system/zabbix-agent.service.d/kvmctl.conf:
    source: zabbix-agent.conf

services:
  zabbix-agent: {}

ports:
  - port: "{{port}}"

health:
  command: health.sh
  timeout: 60s

outputs:
  port:
    value: "{{port}}"
    description: The port on which it answers.

"""###.utf8),
                "zabbix-agent.conf": Array(###"""
# Made by kvmctl: changes are undone by the next apply.
[Unit]
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
# A user of its own: the distribution's is that of the server as well, whose files hold the database's password.
DynamicUser=yes
User=kvmctl-zabbix-agent
Group=kvmctl-zabbix-agent
RuntimeDirectory=kvmctl-zabbix-agent
Restart=always
RestartSec=2

"""###.utf8),
                "zabbix_agentd.conf.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
PidFile=/run/kvmctl-zabbix-agent/pid
LogType=console
Hostname={{kvmctl.instance}}
Server={{server}},{{listen}}
ListenIP={{listen}}
ListenPort={{port}}
# It is only asked, and asks nobody.
StartAgents=2

"""###.utf8),
            ]),
        PackageSource(
            folder: "roles/zabbix",
            files: [
                "apply.php": Array(###"""
#!/usr/bin/php
<?php
// Fills the database, sets the password of the web pages, and has the server ask the machines that the inputs name.
// It can be run again after an interruption at any point.

/** The group, and the tag, of the hosts that this makes. It changes and deletes no others. */
const GROUP = 'kvmctl';
const TEMPLATE = 'Linux by Zabbix agent';
const AGENT_PORT = 10050;

function fail(string $words): never {
    fwrite(STDERR, $words."\n");
    exit(1);
}

set_error_handler(
    fn(int $kind, string $words) => error_reporting() & $kind ? throw new ErrorException($words) : false);
set_exception_handler(fn(Throwable $error) => fail($error->getMessage()));

$inputs = json_decode(stream_get_contents(STDIN), true, flags: JSON_THROW_ON_ERROR);

/** What the database has: empty, ready, partial or foreign. It may still be starting. */
function schema(): string {
    for ($round = 0; ; $round++) {
        exec('/usr/local/lib/kvmctl-zabbix/schema 2>&1', $lines, $code);
        if ($code === 0) { return end($lines); }
        if ($round === 30) { fail('the database does not answer: '.end($lines)); }
        sleep(4);
    }
}

function connect(array $inputs): mysqli {
    mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
    $database = new mysqli($inputs['database'], $inputs['databaseUser'], $inputs['databasePassword'],
        $inputs['databaseName'], (int) $inputs['databasePort']);
    $database->set_charset('utf8mb4');
    return $database;
}

/**
 * The text of a file of SQL, in pieces. Rows of one table that follow each other are one statement: each by itself would
 * be a question to the database, of which there are 130,000.
 */
function statements(string $file): Generator {
    $source = gzopen($file, 'r');
    [$open, $size] = [null, 0];
    while (($line = gzgets($source)) !== false) {
        // What follows is part of the same transaction.
        if (trim($line) === 'COMMIT;') { continue; }
        $isWhole = preg_match('/^(INSERT INTO `\w+` \([`\w,]+\) values )(\(.*\));\n$/', $line, $parts)
            && substr_count(preg_replace('/\\\\./', '', $line), "'") % 2 === 0;
        if ($isWhole && $parts[1] === $open && $size < 200_000) {
            yield ",\n".$parts[2];
            $size += strlen($line);
            continue;
        }
        if ($open !== null) { yield ";\n"; }
        [$open, $size] = $isWhole ? [$parts[1], strlen($line)] : [null, 0];
        yield $isWhole ? $parts[1].$parts[2] : $line;
    }
    if ($open !== null) { yield ";\n"; }
}

/** Gives MariaDB's own client the files of the distribution, and $more after them. */
function run(array $inputs, array $files, string $more = ''): void {
    $command = ['mariadb', '--no-defaults', '--default-character-set=utf8mb4', '-h', $inputs['database'], '-P',
        (string) $inputs['databasePort'], '-u', $inputs['databaseUser'], $inputs['databaseName']];
    $environment = ['MYSQL_PWD' => $inputs['databasePassword'], 'PATH' => getenv('PATH')];
    $client = proc_open($command, [['pipe', 'r'], STDERR, STDERR], $pipes, null, $environment);
    // All or nothing, where the statements can be taken back. The distribution's rows fit each other.
    fwrite($pipes[0], "SET autocommit = 0, unique_checks = 0, foreign_key_checks = 0;\n");
    foreach ($files as $file) {
        foreach (statements("/usr/share/zabbix-server-mysql/$file.sql.gz") as $piece) {
            if (@fwrite($pipes[0], $piece) === false) { break 2; }
        }
    }
    @fwrite($pipes[0], "\n$more\nCOMMIT;\n");
    fclose($pipes[0]);
    if (proc_close($client) !== 0) { fail('the database could not be filled'); }
}

function fill(array $inputs): void {
    $state = schema();
    if ($state === 'foreign') {
        fail("the database {$inputs['databaseName']} has tables that are not Zabbix': give it one of its own");
    }
    if ($state === 'ready') { return; }
    $database = connect($inputs);
    // Only what an earlier run of this has begun, and no other, is taken away.
    if ($state === 'partial') {
        $database->query('SET FOREIGN_KEY_CHECKS = 0');
        foreach ($database->query('SHOW TABLES')->fetch_all() as [$table]) {
            if ($table !== 'kvmctl_filling') { $database->query("DROP TABLE `$table`"); }
        }
    }
    $database->query('CREATE TABLE IF NOT EXISTS kvmctl_filling (x INT)');
    $name = str_replace('`', '``', $inputs['databaseName']);
    $database->query("ALTER DATABASE `$name` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    run($inputs, ['schema']);
    run($inputs, ['images']);
    // The password that everybody knows is never seen.
    run($inputs, ['data'], "UPDATE users SET passwd = '".hashed($inputs['password'])."' WHERE username = 'Admin';");
    $database->query('DROP TABLE kvmctl_filling');
}

function hashed(string $password): string {
    return password_hash($password, PASSWORD_BCRYPT, ['cost' => 10]);
}

/** The web pages, as programs use them. */
final class Pages {
    private ?string $session = null;

    public function __construct(private string $url) {}

    public function ask(string $method, array $parameters): mixed {
        $request = ['jsonrpc' => '2.0', 'method' => $method, 'params' => $parameters, 'id' => 1];
        if ($this->session !== null) { $request['auth'] = $this->session; }
        $options = ['http' => ['method' => 'POST', 'header' => 'Content-Type: application/json-rpc',
            'content' => json_encode($request), 'timeout' => 120]];
        $said = file_get_contents($this->url, false, stream_context_create($options));
        $answer = json_decode($said, true);
        if (!is_array($answer)) { throw new Exception('the web pages do not answer: '.substr($said, 0, 200)); }
        if (isset($answer['error'])) {
            throw new Exception("$method: {$answer['error']['message']} {$answer['error']['data']}");
        }
        return $answer['result'];
    }

    /** Whether the password is right. It waits until the web pages and the database are there and of one version. */
    public function enter(string $password): bool {
        for ($end = time() + 900; ; sleep(3)) {
            try {
                $this->session = $this->ask('user.login', ['username' => 'Admin', 'password' => $password]);
                return true;
            } catch (Exception $error) {
                if (str_contains($error->getMessage(), 'Incorrect user name or password')) { return false; }
                if (time() > $end) { throw $error; }
            }
        }
    }
}

/** Opens the web pages, hands them to $use, and gives Admin the older password again where that fails. */
function withPages(array $inputs, callable $use): void {
    $pages = new Pages('http://'.($inputs['listen'] ?? '127.0.0.1').":{$inputs['port']}/api_jsonrpc.php");
    if ($pages->enter($inputs['password'])) {
        $use($pages);
        return;
    }
    $database = connect($inputs);
    $old = $database->query("SELECT passwd FROM users WHERE username = 'Admin'")->fetch_row()[0];
    $update = $database->prepare(
        "UPDATE users SET passwd = ?, attempt_failed = 0, attempt_clock = 0 WHERE username = 'Admin'");
    $update->execute([hashed($inputs['password'])]);
    try {
        if (!$pages->enter($inputs['password'])) {
            throw new Exception('the web pages do not let Admin in with the password');
        }
        $use($pages);
    } catch (Throwable $error) {
        $update->execute([$old]);
        throw $error;
    }
}

/** The machines that are asked: name to address and port. */
function wanted(array $inputs): array {
    $machines = [];
    foreach ($inputs['agents'] ?? [] as $member) {
        $machines[$member['name']] = [$member['address'], (string) ($member['port'] ?? AGENT_PORT)];
    }
    foreach ($inputs['machines'] ?? [] as $name => $address) {
        $machines[$name] = [$address, (string) AGENT_PORT];
    }
    return $machines;
}

function tell(Pages $pages, array $machines): void {
    $groups = $pages->ask('hostgroup.get', ['filter' => ['name' => [GROUP]], 'output' => ['groupid']]);
    $group = $groups[0]['groupid'] ?? $pages->ask('hostgroup.create', ['name' => GROUP])['groupids'][0];
    $templates = $pages->ask('template.get', ['filter' => ['host' => [TEMPLATE]], 'output' => ['templateid']]);
    if (!$templates) {
        throw new Exception('Zabbix has no template '.TEMPLATE.': import it again, or begin with an empty database');
    }
    $known = $pages->ask('host.get', ['tags' => [['tag' => GROUP, 'value' => getenv('KVMCTL_ROLE'), 'operator' => 1]],
        'output' => ['hostid', 'host'], 'selectInterfaces' => ['interfaceid', 'ip', 'port', 'type', 'main']]);
    foreach ($known as $host) {
        if (!isset($machines[$host['host']])) {
            $pages->ask('host.delete', [$host['hostid']]);
            continue;
        }
        [$address, $port] = $machines[$host['host']];
        unset($machines[$host['host']]);
        $pages->ask('host.update', ['hostid' => $host['hostid'], 'status' => 0]);
        foreach ($host['interfaces'] as $interface) {
            if ([$interface['type'], $interface['main']] !== ['1', '1']) { continue; }
            if ([$interface['ip'], $interface['port']] === [$address, $port]) { continue; }
            $pages->ask('hostinterface.update',
                ['interfaceid' => $interface['interfaceid'], 'useip' => 1, 'ip' => $address, 'port' => $port]);
        }
    }
    $names = array_map(strval(...), array_keys($machines));
    $others = $names ? $pages->ask('host.get', ['filter' => ['host' => $names], 'output' => ['host']]) : [];
    foreach ($others as $host) { unset($machines[$host['host']]); }
    foreach ($machines as $name => [$address, $port]) {
        $pages->ask('host.create', ['host' => (string) $name, 'groups' => [['groupid' => $group]],
            'tags' => [['tag' => GROUP, 'value' => getenv('KVMCTL_ROLE')]],
            'templates' => [['templateid' => $templates[0]['templateid']]],
            'interfaces' => [
                ['type' => 1, 'main' => 1, 'useip' => 1, 'ip' => $address, 'dns' => '', 'port' => $port],
            ]]);
    }
}

fill($inputs);
withPages($inputs, fn(Pages $pages) => tell($pages, wanted($inputs)));

"""###.utf8),
                "check.sh": Array(###"""
# shellcheck shell=sh
# Whether the server runs. One that waits for its database says why.
[ -z "$(ss -Hltn 'src 127.0.0.1:10051')" ] || exit 0
said=$(timeout 25 /usr/local/lib/kvmctl-zabbix/schema 2>&1 | tail -n 1)
case $said in
    ready) echo 'the server does not run' ;;
    empty | partial | foreign) echo "the server waits for its database, which is $said" ;;
    *) echo "the server waits for its database: $said" ;;
esac
exit 1

"""###.utf8),
                "fixture.yaml": Array(###"""
inputs:
  listen: {address: self, network: lan}
  password: {command: [echo, only-for-the-test]}
  database: {address: db, network: lan}
  databasePassword: {command: [echo, only-for-the-test]}
  machines: {db: {address: db, network: lan, wait: false}}
instances:
  db:
    roles:
      main:
        mariadb:
          listen: {address: self, network: lan}
          databases: [zabbix]
          users: {zabbix: {command: [echo, only-for-the-test]}}

"""###.utf8),
                "health.sh": Array(###"""
# shellcheck shell=sh
# Whether the web pages answer with what is in the database, and the server runs with it.
listen=127.0.0.1
[ ! -f "$KVMCTL_INPUTS/listen" ] || listen=$(cat "$KVMCTL_INPUTS/listen")
place=$listen:$(cat "$KVMCTL_INPUTS/port")
page=$(curl -s -m 12 "http://$place/index.php?form=default" 2>&1)
case $page in
    *'id="password"'*) ;;
    *) echo "the page at $place is not Zabbix' login"; exit 1 ;;
esac
code=$(curl -s -m 12 -o /dev/null -w '%{http_code}' "http://$place/jsLoader.php")
[ "$code" = 200 ] || { echo "the pages at $place come without their programs: jsLoader.php answers $code"; exit 1; }
[ -n "$(ss -Hltn 'src 127.0.0.1:10051')" ] && exit 0
echo "the server does not run: $(journalctl -q -u zabbix-server -n 50 -o cat 2>/dev/null | grep '[a-z]' | tail -n 1)"
exit 1

"""###.utf8),
                "kvmctl-zabbix-php.service": Array(###"""
# Made by kvmctl: changes are undone by the next apply.
[Unit]
Description=Programs of Zabbix' web pages
StartLimitIntervalSec=0

[Service]
User=zabbix
Group=www-data
UMask=0007
Environment=PHP_FCGI_CHILDREN=3 PHP_FCGI_MAX_REQUESTS=500
ExecStart=/usr/bin/php-cgi -d max_execution_time=300 -d max_input_time=300 -d memory_limit=128M -d post_max_size=16M -d date.timezone=UTC -d session.save_path=/run/kvmctl-zabbix-php -d expose_php=0 -b /run/kvmctl-zabbix-php/socket
Restart=always
RestartSec=2
RuntimeDirectory=kvmctl-zabbix-php
RuntimeDirectoryMode=0750
CapabilityBoundingSet=
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX

[Install]
WantedBy=multi-user.target

"""###.utf8),
                "kvmctl-zabbix-web.service": Array(###"""
# Made by kvmctl: changes are undone by the next apply.
[Unit]
Description=Web pages of Zabbix
Wants=network-online.target kvmctl-zabbix-php.service
After=network-online.target
StartLimitIntervalSec=0

[Service]
User=www-data
Group=www-data
ExecStart=/usr/sbin/nginx -p /run/kvmctl-zabbix-web/ -c /etc/nginx/kvmctl-zabbix.conf
Restart=always
RestartSec=2
RuntimeDirectory=kvmctl-zabbix-web
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX

[Install]
WantedBy=multi-user.target

"""###.utf8),
                "nginx.conf.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr;
events { worker_connections 256; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    server_tokens off;
    access_log off;
    sendfile on;
    client_max_body_size 16m;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen {{#listen}}{{listen}}{{/listen}}{{^listen}}127.0.0.1{{/listen}}:{{port}} default_server;
        server_name _;
        root /usr/share/zabbix;
        index index.php;
        absolute_redirect off;
        add_header X-Content-Type-Options nosniff always;
        location ~ /\. { return 404; }
        location ~ ^/(app|conf|data|include|local|modules|vendor)(/|$) { return 404; }
        # Nothing is set up from here.
        location = /setup.php { return 404; }
        location ~ ^/[A-Za-z0-9_]+\.php$ {
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_read_timeout 300s;
            fastcgi_pass unix:/run/kvmctl-zabbix-php/socket;
        }
        location ~ \.php$ { return 404; }
        location / { try_files $uri $uri/ =404; }
    }
}

"""###.utf8),
                "role.yaml": Array(###"""
apiVersion: kvmctl.role/v1
description: A Zabbix server with its web pages, which asks the agents of machines and keeps what they say in a MariaDB.

inputs:
  listen:
    type: address
    description: >-
      The guest's address on which the web pages answer, without encryption. If it is not set, they answer only inside
      the guest.
    example: "{address: self, network: back}"
  port:
    type: port
    default: 8080
    description: The port of the web pages.
  password:
    type: secret
    required: true
    description: The password of the user Admin of the web pages.
    example: "{env: ZABBIX_PASSWORD}"
  database:
    type: address
    required: true
    description: >-
      The address of the MariaDB server. Its binary log must be off, as in the mode alone of the role mariadb; a guest
      with Debian 13 also asks it for TLS, which MariaDB offers by itself from 11.4 on.
    example: "{address: db, network: back}"
  databasePort:
    type: port
    default: 3306
    description: The port there.
  databaseName:
    type: text
    default: zabbix
    description: The database there. An empty one is filled; one that Zabbix has filled is used as it is.
  databaseUser:
    type: text
    default: zabbix
    description: The user there, who needs all privileges on that database.
  databasePassword:
    type: secret
    required: true
    description: That user's password, on one line.
    example: "{env: ZABBIX_DATABASE_PASSWORD}"
  agents:
    type: members
    description: >-
      A group whose members it asks. One without a port is asked on 10050, which is that of the role zabbix-agent. A
      member that leaves is deleted in Zabbix, with its history; a host of that name that somebody made there stays as
      it is.
    example: "{members: web, network: back, wait: false}"
  machines:
    type: map
    items: address
    description: Other machines that it asks on 10050, by the names that they have on its pages.
    example: "{db: {address: db, network: back, wait: false}}"

packages:
  debian: [zabbix-server-mysql, zabbix-frontend-php, php-cgi, php-cli, php-mysql, mariadb-client, nginx, curl]

files:
  /etc/zabbix/kvmctl-server.conf:
    template: server.conf.mustache
    owner: zabbix:zabbix
    mode: "0400"
  /etc/zabbix/zabbix.conf.php:
    source: zabbix.conf.php
  /usr/local/lib/kvmctl-zabbix/start:
    source: start.sh
    mode: "0755"
  /usr/local/lib/kvmctl-zabbix/schema:
    source: schema.sh
    mode: "0755"
  /etc/systemd/system/zabbix-server.service.d/kvmctl.conf:
    source: zabbix-server.conf
  /etc/systemd/system/kvmctl-zabbix-php.service:
    source: kvmctl-zabbix-php.service
  /etc/nginx/kvmctl-zabbix.conf:
    template: nginx.conf.mustache
    # In a folder of its own, since a check leaves no traces.
    check: d=$(mktemp -d) || exit 1; nginx -q -t -p "$d/" -c %s; c=$?; rm -rf "$d"; exit $c
  /etc/systemd/system/kvmctl-zabbix-web.service:
    source: kvmctl-zabbix-web.service

services:
  zabbix-server:
    files:
      - /etc/zabbix/kvmctl-server.conf
      - /usr/local/lib/kvmctl-zabbix/start
      - /etc/systemd/system/zabbix-server.service.d/kvmctl.conf
  kvmctl-zabbix-php:
    files: [/etc/systemd/system/kvmctl-zabbix-php.service]
  kvmctl-zabbix-web:
    files: [/etc/nginx/kvmctl-zabbix.conf, /etc/systemd/system/kvmctl-zabbix-web.service]
  # The distribution's own would take the port 80.
  nginx: {run: false}

ports:
  - port: "{{port}}"
    when: listen

health:
  command: health.sh
  timeout: 5m

apply: apply.php
check: check.sh
timeout: 30m

outputs:
  port:
    value: "{{port}}"
    description: The port of the web pages.

"""###.utf8),
                "schema.sh": Array(###"""
#!/bin/sh
# Says what the database has: nothing (empty), all (ready), a part, since filling it was cut off (partial), or something
# else (foreign). It fails with MariaDB's words where the database does not answer.
value() { sed -n "s/^$1=//p" /etc/zabbix/kvmctl-server.conf; }
MYSQL_PWD=$(value DBPassword)
export MYSQL_PWD
tables=$(mariadb --no-defaults --connect-timeout=10 -h "$(value DBHost)" -P "$(value DBPort)" -u "$(value DBUser)" \
    -N -B -e 'SHOW TABLES' "$(value DBName)") || exit 1
has() { printf '%s\n' "$tables" | grep -qx "$1"; }
if has kvmctl_filling; then echo partial
elif has dbversion; then echo ready
elif [ -z "$tables" ]; then echo empty
else echo foreign
fi

"""###.utf8),
                "server.conf.mustache": Array(###"""
# Made by kvmctl for the role {{kvmctl.role}}: changes are undone by the next apply.
# Another one at each apply, so that one that does not run is started: {{kvmctl.revision}}
LogType=console
PidFile=/run/kvmctl-zabbix-server/pid
SocketDir=/run/kvmctl-zabbix-server
# The web pages ask it; agents are asked, and send nothing by themselves.
ListenIP=127.0.0.1
DBHost={{database}}
DBPort={{databasePort}}
DBName={{databaseName}}
DBUser={{databaseUser}}
DBPassword={{databasePassword}}
Timeout=10
AlertScriptsPath=/etc/zabbix/alert.d/
FpingLocation=/usr/bin/fping
LogSlowQueries=3000
StatsAllowedIP=127.0.0.1
# Debian 12 has Zabbix 6.0.14, which was tested with MariaDB up to 10.10, and MariaDB 10.11.
AllowUnsupportedDBVersions=1

"""###.utf8),
                "start.sh": Array(###"""
#!/bin/sh
# Starts Zabbix as soon as its database is there and filled.
said=
while :; do
    state=$(/usr/local/lib/kvmctl-zabbix/schema 2>&1 | tail -n 1)
    [ "$state" != ready ] || break
    [ "$state" = "$said" ] || echo "waiting for the database: $state"
    said=$state
    sleep 2
done
exec /usr/sbin/zabbix_server --foreground --config /etc/zabbix/kvmctl-server.conf

"""###.utf8),
                "zabbix-server.conf": Array(###"""
# Made by kvmctl: changes are undone by the next apply.
[Unit]
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=
ExecStart=/usr/local/lib/kvmctl-zabbix/start
ExecReload=
Restart=always
RestartSec=5
RuntimeDirectory=kvmctl-zabbix-server
ProtectHome=yes
ProtectSystem=full

"""###.utf8),
                "zabbix.conf.php": Array(###"""
<?php
// Made by kvmctl: changes are undone by the next apply.
// The server's file has all that is needed, and only Zabbix can read it.
$said = [];
foreach (file('/etc/zabbix/kvmctl-server.conf', FILE_IGNORE_NEW_LINES) as $line) {
    if (preg_match('/^(DB\w+)=(.*)$/', $line, $parts)) { $said[$parts[1]] = $parts[2]; }
}
$DB['TYPE'] = 'MYSQL';
$DB['SERVER'] = $said['DBHost'];
$DB['PORT'] = $said['DBPort'];
$DB['DATABASE'] = $said['DBName'];
$DB['USER'] = $said['DBUser'];
$DB['PASSWORD'] = $said['DBPassword'];
$DB['SCHEMA'] = '';
$DB['ENCRYPTION'] = false;
$DB['KEY_FILE'] = '';
$DB['CERT_FILE'] = '';
$DB['CA_FILE'] = '';
$DB['VERIFY_HOST'] = false;
$DB['CIPHER_LIST'] = '';
$DB['VAULT_URL'] = '';
$DB['VAULT_DB_PATH'] = '';
$DB['VAULT_TOKEN'] = '';
$DB['DOUBLE_IEEE754'] = true;
$ZBX_SERVER = '127.0.0.1';
$ZBX_SERVER_PORT = '10051';
$ZBX_SERVER_NAME = '';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;

"""###.utf8),
            ]),
    ]
}
