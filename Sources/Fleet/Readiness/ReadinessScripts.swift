// Made by .ci/embed-scripts from the files in ReadinessScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs to see whether a guest is ready.
enum ReadinessScripts {
    /// Has the kernel ask who has addresses, waits up to a second, and prints its table's lines. Arguments: the addresses.
    ///
    /// "use" asks without a packet of ours, so neither ping nor an open port in the guest is needed. An address that is reached
    /// through a gateway cannot be asked for. Where an entry was written by hand, or there is no ip, a reply to ping is needed,
    /// which prints "answered ADDRESS".
    static func ask(_ more: [String]) -> Script {
        Script(askText, more)
    }
    /// Its text, for a script that runs another.
    static let askText = #"""
shift 0
reply() { command -v ping >/dev/null && ping -c 1 -W 1 -q "$1" >/dev/null 2>&1; }
device() {
    to=
    for word in $(ip -4 route get "$1" 2>/dev/null); do
        case $word in via|local) return 1 ;; esac
        [ "$to" = dev ] && { echo "$word"; return; }
        to=$word
    done
    return 1
}
if ! command -v ip >/dev/null; then
    for address in "$@"; do reply "$address" && echo "answered $address" & done
    wait
    while read -r address _ flags mac _; do
        case " $* " in *" $address "*) [ "$flags" = 0x2 ] && echo "$address lladdr $mac KNOWN" ;; esac
    done </proc/net/arp
    exit 0
fi
for address in "$@"; do
    on=$(device "$address") || continue
    case $(ip -4 neigh show to "$address" dev "$on") in
        *REACHABLE*|*INCOMPLETE*) ;;
        *PERMANENT*|*NOARP*) reply "$address" && echo "answered $address" & ;;
        *)
            ip neigh del "$address" dev "$on" 2>/dev/null
            ip neigh replace "$address" dev "$on" use 2>/dev/null || { reply "$address" & } ;;
    esac
done
wait
for _ in 1 2 3 4 5 6 7 8 9 10; do
    pending=
    for address in "$@"; do
        case $(ip -4 neigh show to "$address") in *INCOMPLETE*) pending=yes ;; esac
    done
    [ "$pending" ] || break
    sleep 0.1 2>/dev/null || sleep 1
done
for address in "$@"; do ip -4 neigh show to "$address"; done
exit 0
"""#

    /// Prints how much a guest had written to its console, and on the next line what it wrote behind the first "from" bytes: of
    /// that the last 64 KiB, and where from is "-", the last 4 KiB.
    ///
    /// The file begins anew when the machine starts and when it is very long.
    static func consoleSince(path: String, from: String) -> Script {
        Script(consoleSinceText, [path, from])
    }
    /// Its text, for a script that runs another.
    static let consoleSinceText = #"""
path=$1 from=$2
if [ ! -r "$path" ]; then echo 0; exit 0; fi
size=$(stat -L -c %s -- "$path") || exit 1
most=65536
[ "$from" != - ] || { from=0 most=4096; }
[ "$from" -le "$size" ] || from=0
[ $((size - from)) -le "$most" ] || from=$((size - most))
echo "$size"
tail -c "+$((from + 1))" -- "$path" | head -c $((size - from))
"""#

    /// Prints the end of what a guest wrote to its console.
    static func consoleTail(path: String) -> Script {
        Script(consoleTailText, [path])
    }
    /// Its text, for a script that runs another.
    static let consoleTailText = #"""
path=$1
[ ! -r "$path" ] || tail -c 4096 -- "$path"
"""#

    /// Drops what the kernel knows of addresses and MACs, so that the next to ask is answered anew; what somebody wrote into the
    /// table by hand stays. Arguments: the addresses and MACs.
    ///
    /// Without ip nothing can be dropped; "ask" then believes only what it hears itself.
    static func forget(_ more: [String]) -> Script {
        Script(forgetText, more)
    }
    /// Its text, for a script that runs another.
    static let forgetText = #"""
shift 0
command -v ip >/dev/null && [ $# -gt 0 ] || exit 0
wanted=" $* "
ip -4 neigh show | while read -r address _ device word mac rest; do
    case "$word $rest" in *PERMANENT*|*NOARP*|proxy*) continue ;; esac
    case "$wanted" in
        *" $address "*|*" ${mac:-none} "*) ip neigh del "$address" dev "$device" 2>/dev/null ;;
    esac
done
exit 0
"""#

    /// Says which addresses an SSH server answers at: reads what comes from port 22, and prints "ssh ADDRESS" where that
    /// begins as RFC 4253 says. Arguments: the addresses.
    ///
    /// All are asked side by side, each for 4 s at most. Nothing is sent, so nobody is logged in. Ends with 4 where there is
    /// no program to ask with.
    static func greet(_ more: [String]) -> Script {
        Script(greetText, more)
    }
    /// Its text, for a script that runs another.
    static let greetText = #"""
shift 0
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
# Some lines are read, as a server may say others before its version.
greets() {
    head -c 4000 2>/dev/null | tr '\r' '\n' | grep -q '^SSH-\(2\.0\|1\.99\)-'
}
if command -v bash >/dev/null; then
    listen() {
        timeout 4 bash -c 'exec 3<>"/dev/tcp/$0/22" || exit 1
            for round in 1 2 3 4 5 6 7 8 9 10; do
                IFS= read -r -n 300 line <&3 || exit 0
                printf "%s\n" "$line"
                case $line in SSH-*) exit 0 ;; esac
            done' "$1" 2>/dev/null
    }
elif command -v curl >/dev/null; then
    # It ends with its input.
    listen() { sleep 3 | timeout 4 curl -q -s -N -m 3 --noproxy '*' -- "telnet://$1:22" 2>/dev/null; }
elif command -v nc >/dev/null; then
    listen() { sleep 3 | timeout 4 nc -w 3 "$1" 22 2>/dev/null; }
else exit 4; fi
for address in "$@"; do
    { listen "$address" | greets && echo "ssh $address"; } &
done
wait
exit 0
"""#
}
