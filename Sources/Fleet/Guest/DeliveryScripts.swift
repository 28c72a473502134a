// Made by .ci/embed-scripts from the files in DeliveryScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs to send a file to a guest.
enum DeliveryScripts {
    /// Makes a key and prints its public half.
    static func makeKey(key: String) -> Script {
        Script(makeKeyText, [key])
    }
    /// Its text, for a script that runs another.
    static let makeKeyText = #"""
key=$1
umask 077
rm -f -- "$key" "$key.pub"
command -v ssh >/dev/null && ssh-keygen -q -t ed25519 -N '' -C kvmctl -f "$key" </dev/null && cat "$key.pub"
"""#

    /// Prints four megabytes of a bundle from an offset on.
    static func read(path: String, offset: String) -> Script {
        Script(readText, [path, offset])
    }
    /// Its text, for a script that runs another.
    static let readText = #"""
path=$1 offset=$2
tail -c +$((offset + 1)) -- "$path" | head -c 4194304
"""#

    /// Keeps standard input, a bundle, on the node.
    static func receive(path: String) -> Script {
        Script(receiveText, [path])
    }
    /// Its text, for a script that runs another.
    static let receiveText = #"""
path=$1
umask 077
mkdir -p "${path%/*}" && cat >"$path"
"""#

    /// Removes a bundle, and the key that was made to send it.
    static func remove(path: String) -> Script {
        Script(removeText, [path])
    }
    /// Its text, for a script that runs another.
    static let removeText = #"""
path=$1
rm -f -- "$path" "$path.key" "$path.key.pub" "$path.key.hosts"
"""#

    /// Sends a file to the guest at "$address" with a key; standard input is the guest's host keys.
    static func send(address: String, key: String, file: String) -> Script {
        Script(sendText, [address, key, file])
    }
    /// Its text, for a script that runs another.
    static let sendText = #"""
address=$1 key=$2 file=$3
umask 077
hosts=$key.hosts
trap 'rm -f -- "$hosts"' EXIT
sed "s/^/guest /" >"$hosts"
ssh -F none -o BatchMode=yes -o ConnectTimeout=20 -o IdentitiesOnly=yes -o IdentityFile="$key" \
    -o UserKnownHostsFile="$hosts" -o GlobalKnownHostsFile=/dev/null -o HostKeyAlias=guest \
    -o StrictHostKeyChecking=yes -o ServerAliveInterval=15 -- "kvmctl-door@$address" send <"$file"
"""#

    /// Deletes from a folder what a run that was killed left there a day ago or earlier.
    static func sweep(folder: String) -> Script {
        Script(sweepText, [folder])
    }
    /// Its text, for a script that runs another.
    static let sweepText = #"""
folder=$1
find "$folder" -type f -mtime +0 -exec rm -f -- {} + 2>/dev/null
exit 0
"""#
}
