// Made by .ci/embed-scripts from the files in GuestShellScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node and a guest run for a shell over ssh.
enum GuestShellScripts {
    /// Runs a command in the guest at "$address" with the key in the folder, for "$limit" seconds at most.
    ///
    /// Its standard input is the file, or this script's where that is empty. Logging in takes an emulated guest seconds: the
    /// connection stays for some time for the next command. Whoever keeps it open may keep what it says open, so that goes to a file.
    static func run(folder: String, address: String, limit: String, command: String, file: String) -> Script {
        Script(runText, [folder, address, limit, command, file])
    }
    /// Its text, for a script that runs another.
    static let runText = #"""
folder=$1 address=$2 limit=$3 command=$4 file=$5
[ -f "$folder/key" ] || exit 253
command -v ssh >/dev/null || exit 254
if [ -n "$file" ]; then exec <"$file" || exit 1; fi
umask 077
said=$(mktemp) || exit 1
trap 'rm -f -- "$said"' EXIT
trap 'exit 1' HUP INT TERM PIPE
start=$(date +%s)
timeout -k 5 "$limit" ssh -F none -o BatchMode=yes -o ConnectTimeout=8 -o IdentitiesOnly=yes \
    -o IdentityFile="$folder/key" -o UserKnownHostsFile="$folder/known" -o GlobalKnownHostsFile=/dev/null \
    -o HostKeyAlias=guest -o HostKeyAlgorithms=ssh-ed25519 -o StrictHostKeyChecking=yes -o LogLevel=ERROR \
    -o ControlMaster=auto -o ControlPersist=20 -o ControlPath="/run/kvmctl-guest-${folder##*/}" \
    -o ServerAliveInterval=5 -- "kvmctl-node@$address" "$command" 2>"$said"
code=$?
cat -- "$said" >&2
# 124 would be taken for the node's own limit. The others, KILL and busybox' way to end it, come from the guest as well.
case $code in
    124) code=252 ;;
    137|143) [ $(($(date +%s) - start)) -lt "$limit" ] || code=252 ;;
esac
exit $code
"""#

    /// Takes a file from standard input, for root alone, and prints how many bytes came.
    static func take(path: String) -> Script {
        Script(takeText, [path])
    }
    /// Its text, for a script that runs another.
    static let takeText = #"""
path=$1
umask 077
cat >"$path" && stat -c %s "$path"
"""#
}
