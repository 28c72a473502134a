// Made by .ci/embed-scripts from the files in FirmwareScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs for the state of guests' firmware: the variables of UEFI and what an emulated TPM holds.
enum FirmwareScripts {
    /// Puts a file of this name into each of some folders that there are, for another node to look for. Arguments: the folders.
    static func beginSharing(folder: String, probe: String, _ more: [String]) -> Script {
        Script(beginSharingText, [folder, probe] + more)
    }
    /// Its text, for a script that runs another.
    static let beginSharingText = #"""
folder=$1 probe=$2
shift 2
cd "$folder" || exit 0
umask 077
for place in "$@"; do [ ! -d "$place" ] || : >"$place/$probe" || exit 1; done
"""#

    /// Deletes the file of this name from each of some folders. Arguments: the folders.
    static func endSharing(folder: String, probe: String, _ more: [String]) -> Script {
        Script(endSharingText, [folder, probe] + more)
    }
    /// Its text, for a script that runs another.
    static let endSharingText = #"""
folder=$1 probe=$2
shift 2
cd "$folder" || exit 0
for place in "$@"; do rm -f -- "$place/$probe"; done
"""#

    /// Prints the state of a guest's firmware as an archive; nothing where it has none yet. Arguments: the folders it is in.
    /// Compressed: the variables of aarch64 are 64 MiB, nearly all of which is empty.
    static func pack(folder: String, uuid: String, _ more: [String]) -> Script {
        Script(packText, [folder, uuid] + more)
    }
    /// Its text, for a script that runs another.
    static let packText = #"""
folder=$1 uuid=$2
shift 2
cd "$folder" || exit 1
for place in "$@"; do
    shift
    case $place in
        swtpm) [ ! -d "swtpm/$uuid" ] || set -- "$@" "swtpm/$uuid" ;;
        *) for file in "$place/kvmctl-$uuid.fd" "$place/kvmctl-$uuid.secure.fd"; do
            [ ! -f "$file" ] || set -- "$@" "$file"
        done ;;
    esac
done
[ $# = 0 ] || tar -czf - -- "$@"
"""#

    /// Deletes the state of a guest's firmware in some folders. Arguments: the folders.
    static func remove(folder: String, uuid: String, _ more: [String]) -> Script {
        Script(removeText, [folder, uuid] + more)
    }
    /// Its text, for a script that runs another.
    static let removeText = #"""
folder=$1 uuid=$2
shift 2
cd "$folder" || exit 0
rm -rf -- ".kvmctl-$uuid.part"
for place in "$@"; do
    case $place in
        swtpm) rm -rf -- "swtpm/$uuid" ;;
        *) rm -f -- "$place/kvmctl-$uuid.fd" "$place/kvmctl-$uuid.secure.fd" ;;
    esac
done
"""#

    /// Lists the folders in which a file of this name is. Arguments: the folders.
    static func seeSharing(folder: String, probe: String, _ more: [String]) -> Script {
        Script(seeSharingText, [folder, probe] + more)
    }
    /// Its text, for a script that runs another.
    static let seeSharingText = #"""
folder=$1 probe=$2
shift 2
cd "$folder" || exit 0
for place in "$@"; do [ ! -e "$place/$probe" ] || echo "$place"; done
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
tar -C "$part" -xzpf - || exit 1
for name in "qemu/nvram/kvmctl-$uuid.fd" "qemu/nvram/kvmctl-$uuid.secure.fd" "swtpm/$uuid"; do
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
