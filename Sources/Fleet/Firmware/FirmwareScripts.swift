// Made by .ci/embed-scripts from the files in FirmwareScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs for the state of guests' firmware: the variables of UEFI and what an emulated TPM holds.
enum FirmwareScripts {
    /// Deletes the state of a guest's firmware that was set aside.
    static func drop(folder: String, uuid: String) -> Script {
        Script(dropText, [folder, uuid])
    }
    /// Its text, for a script that runs another.
    static let dropText = #"""
folder=$1 uuid=$2
cd "$folder" || exit 0
rm -rf -- "qemu/nvram/kvmctl-$uuid.fd.left" "swtpm/$uuid.left"
"""#

    /// Lists the state of a guest's firmware, a line for each part.
    static func list(folder: String, uuid: String) -> Script {
        Script(listText, [folder, uuid])
    }
    /// Its text, for a script that runs another.
    static let listText = [
#"""
folder=$1 uuid=$2

"""#,
        stateNames,
#"""
state_names
exit 0
"""#,
    ].joined()

    /// Prints the state of a guest's firmware as an archive; nothing where it has none yet.
    static func pack(folder: String, uuid: String) -> Script {
        Script(packText, [folder, uuid])
    }
    /// Its text, for a script that runs another.
    static let packText = #"""
folder=$1 uuid=$2
cd "$folder" || exit 1
set --
[ ! -f "qemu/nvram/kvmctl-$uuid.fd" ] || set -- "qemu/nvram/kvmctl-$uuid.fd"
[ ! -d "swtpm/$uuid" ] || set -- "$@" "swtpm/$uuid"
[ $# = 0 ] || tar -cf - -- "$@"
"""#

    /// Deletes the state of a guest's firmware.
    static func remove(folder: String, uuid: String) -> Script {
        Script(removeText, [folder, uuid])
    }
    /// Its text, for a script that runs another.
    static let removeText = #"""
folder=$1 uuid=$2
cd "$folder" || exit 0
rm -rf -- "qemu/nvram/kvmctl-$uuid.fd" "swtpm/$uuid" ".kvmctl-$uuid.part"
"""#

    /// Gives the state of a guest's firmware another name; `set-back` undoes it, and `drop` deletes it.
    static func setAside(folder: String, uuid: String) -> Script {
        Script(setAsideText, [folder, uuid])
    }
    /// Its text, for a script that runs another.
    static let setAsideText = [
#"""
folder=$1 uuid=$2

"""#,
        stateNames,
#"""
names=$(state_names) && cd "$folder" || exit 1
printf '%s\n' "$names" | while read -r name; do
    [ -n "$name" ] || continue
    rm -rf -- "$name.left" && mv -T -- "$name" "$name.left" || exit 1
done
"""#,
    ].joined()

    /// Gives the state of a guest's firmware its name again.
    static func setBack(folder: String, uuid: String) -> Script {
        Script(setBackText, [folder, uuid])
    }
    /// Its text, for a script that runs another.
    static let setBackText = #"""
folder=$1 uuid=$2
cd "$folder" || exit 0
for name in "qemu/nvram/kvmctl-$uuid.fd" "swtpm/$uuid"; do
    [ -e "$name" ] || [ ! -e "$name.left" ] || mv -T -- "$name.left" "$name" || exit 1
done
"""#

    /// state_names lists what a guest "$uuid" has below "$folder", a line each, and goes there.
    static let stateNames = #"""
state_names() {
    cd "$folder" || exit 1
    [ ! -f "qemu/nvram/kvmctl-$uuid.fd" ] || echo "qemu/nvram/kvmctl-$uuid.fd"
    [ ! -d "swtpm/$uuid" ] || echo "swtpm/$uuid"
}

"""#

    /// Takes the archive from standard input in the place of what is there; whose the files are stays, by the users' names.
    static func unpack(folder: String, uuid: String) -> Script {
        Script(unpackText, [folder, uuid])
    }
    /// Its text, for a script that runs another.
    static let unpackText = #"""
folder=$1 uuid=$2
cd "$folder" || exit 1
part=.kvmctl-$uuid.part
umask 077
rm -rf -- "$part"
mkdir "$part" || exit 1
tar -C "$part" -xpf - || exit 1
for name in "qemu/nvram/kvmctl-$uuid.fd" "swtpm/$uuid"; do
    if [ ! -e "$part/$name" ] || [ -L "$part/$name" ]; then continue; fi
    # The folders are libvirt's, which makes them when it first needs them.
    if [ ! -d "${name%/*}" ]; then mkdir -- "${name%/*}" && chmod 711 -- "${name%/*}" || exit 1; fi
    rm -rf -- "$name"
    mv -T -- "$part/$name" "$name" || exit 1
done
sync
rm -rf -- "$part"
"""#
}
