// Made by .ci/embed-scripts from the files in GuestKeyScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs to keep the keys of its guests, each in a folder of its own.
enum GuestKeyScripts {
    /// Makes the keys of a guest unless they are there; prints both public halves, a line each, and the private half of the host's.
    ///
    /// Where the seed is there already a new key would let nobody in, and nothing is made or printed.
    static func make(folder: String, seed: String) -> Script {
        Script(makeText, [folder, seed])
    }
    /// Its text, for a script that runs another.
    static let makeText = #"""
folder=$1 seed=$2
umask 077
if [ ! -d "$folder" ]; then
    [ -e "$seed" ] && exit 0
    command -v ssh >/dev/null && command -v ssh-keygen >/dev/null || exit 0
    rm -rf -- "$folder.part" && mkdir -p "$folder.part" || exit 1
    for name in key host; do
        ssh-keygen -q -t ed25519 -N '' -C kvmctl -f "$folder.part/$name" </dev/null || exit 1
    done
    sed 's/^/guest /' "$folder.part/host.pub" >"$folder.part/known" || exit 1
    sync -- "$folder.part"/* 2>/dev/null || sync
    mv -T -- "$folder.part" "$folder" || exit 1
fi
cat -- "$folder/key.pub" "$folder/host.pub" "$folder/host"
"""#

    /// Prints the folder of a guest's keys as an archive; nothing where there is none.
    static func pack(folder: String) -> Script {
        Script(packText, [folder])
    }
    /// Its text, for a script that runs another.
    static let packText = #"""
folder=$1
[ ! -d "$folder" ] || tar -C "$folder" -cf - .
"""#

    /// Deletes the folder of a guest's keys, the connection that a command may have left open for the next, and the packages in
    /// the file "$sent" that a killed run was sending.
    static func remove(folder: String, sent: String) -> Script {
        Script(removeText, [folder, sent])
    }
    /// Its text, for a script that runs another.
    static let removeText = #"""
folder=$1 sent=$2
rm -rf -- "$folder" "$folder.part" "/run/kvmctl-guest-${folder##*/}"
rm -f -- "$sent" "$sent.key" "$sent.key.pub" "$sent.key.hosts"
"""#

    /// Takes the archive from standard input in the place of what is there.
    static func unpack(folder: String) -> Script {
        Script(unpackText, [folder])
    }
    /// Its text, for a script that runs another.
    static let unpackText = #"""
folder=$1
umask 077
rm -rf -- "$folder.part" && mkdir -p "$folder.part" && tar -C "$folder.part" --no-same-owner -xf - || exit 1
rm -rf -- "$folder" && mv -T -- "$folder.part" "$folder"
"""#
}
