// Made by .ci/embed-scripts from the files in FolderScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// The scripts that look into folders and at files of a node, and the mark by which a folder is known.
///
/// Paths come on standard input, each ended by a NUL: a list of arguments has room for 128 KiB. Records go out ended by NULs,
/// since a name may have line breaks. After the record "contents" come the beginnings of the files, each under the heading that
/// head -v gives it. A guest can write such headings into its disk; so head is told every path with a detour through "$nonce",
/// steps that lead nowhere and that nobody can guess, and only headings with them count.
enum FolderScripts {
    /// Which block devices and files the node itself uses.
    static let devices = #"""
used_devices() {
    {
        sed -n 's|^.* - [^ ]* \(/dev/[^ ]*\) .*|\1|p' /proc/self/mountinfo
        sed -n 's|^\(/dev/[^ ]*\)[[:space:]].*|\1|p' /proc/swaps
        for device in /sys/fs/btrfs/*/devices/*; do [ -e "$device" ] && echo "/dev/${device##*/}"; done
    } | sort -u | while read -r device; do stat -L -c %t:%T -- "$device"; done 2>/dev/null
    # A name such as /dev/root leads nowhere; the number is that of the device, but of Btrfs and the like.
    while read -r _ _ number _; do
        case $number in 0:*) continue ;; esac
        printf '%x:%x\n' "${number%:*}" "${number#*:}"
    done </proc/self/mountinfo
}

# Whether $used has the block device $1 or a partition of it, or another device stands on one of them. Sets "id" to
# MAJOR:MINOR of the device.
is_used() {
    id=$(stat -L -c %t:%T -- "$1") || return 0
    place=/sys/dev/block/$((0x${id%:*})):$((0x${id#*:}))
    for device in "$place" "$place"/*/; do
        [ -f "$device/dev" ] || continue
        for holder in "$device/holders"/*; do [ -e "$holder" ] && return 0; done
        IFS=: read -r major minor <"$device/dev"
        case $newline$used$newline in *"$newline$(printf %x:%x "$major" "$minor")$newline"*) return 0 ;; esac
    done
    return 1
}

# The files that are swap space or that a loop device stands on, as DEVICE:INODE.
used_files() {
    {
        sed -n 's|^\(/[^ ]*\)[[:space:]]*file[[:space:]].*|\1|p' /proc/swaps | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g' |
            while read -r file; do printf '%b\n' "$file"; done
        for file in /sys/block/loop*/loop/backing_file; do [ -f "$file" ] && cat "$file"; done
    } 2>/dev/null | while IFS= read -r file; do stat -L -c %d:%i -- "$file"; done 2>/dev/null
}

"""#

    /// Looks at files, and reads the first "$count" bytes of each unless that is 0. More arguments: the files.
    ///
    /// Only files are opened: a device or a pipe would answer, or wait, or be set off.
    static func files(count: String, nonce: String, _ more: [String]) -> Script {
        Script(filesText, [count, nonce] + more)
    }
    /// Its text, for a script that runs another.
    static let filesText = #"""
count=$1 nonce=$2
shift 2
newline='
'
find "$@" -maxdepth 0 -xtype f -exec stat -L --printf 'file %s %b %d:%i %n\0' -- {} + 2>/dev/null
find "$@" -maxdepth 0 ! -xtype f ! -xtype b -printf 'other %p\0' 2>/dev/null
find "$@" -maxdepth 0 -xtype b -exec stat -L --printf 'block %t:%T %n\0' -- {} + 2>/dev/null
for path do
    [ -b "$path" ] || continue
    # Names that are the same on every node; others may be this node's own.
    cd /dev/disk/by-id/ 2>/dev/null &&
        stat -L --printf 'named %t:%T %n\0' -- wwn-* scsi-[23]* nvme-eui.* nvme-uuid.* dm-uuid-mpath-* 2>/dev/null
    break
done
printf 'count %s\0contents\0' "$count"
if [ "$count" -gt 0 ]; then
    for path do
        shift
        case $path in *"$newline"*) continue ;; esac
        [ -f "$path" ] && set -- "$@" "${path%/*}/$nonce${path##*/}"
    done
    echo
    [ $# -eq 0 ] || head -v -c "$count" -- "$@" 2>/dev/null
fi
printf '\n==> %s <==\n' "$nonce"
exit 0
"""#

    /// Lists folders with the first "$count" bytes of each file in them. More arguments: the folders.
    ///
    /// A link to a folder is the folder. What is there and cannot be listed is said to be so; absent is only what the folder above
    /// it, which could be listed, does not name.
    static func folders(count: String, nonce: String, _ more: [String]) -> Script {
        Script(foldersText, [count, nonce] + more)
    }
    /// Its text, for a script that runs another.
    static let foldersText = [
#"""
count=$1 nonce=$2
shift 2

"""#,
        mounts,
#"""
newline='
'
broken() { printf 'unreadable %s\0%s\0' "$folder" "$1"; }
look() {
    if [ ! -e "$folder/" ]; then
        part=$folder
        while above=${part%/*}; [ ! -d "${above:-/}/" ]; do part=$above; done
        [ -L "$part" ] && { broken "$part is a link that leads nowhere"; return 1; }
        [ -e "$part" ] && { broken "$part is no folder"; return 1; }
        names=$(ls -f -- "$above/") || { broken "${above:-/} cannot be listed"; return 1; }
        case $newline$names$newline in
            *"$newline${part##*/}$newline"*) broken "$part does not answer" ;;
            *) printf 'absent %s\0' "$folder" ;;
        esac
        return 1
    fi
    [ -d "$folder/" ] || { broken 'it is no folder'; return 1; }
    said=$(find "$folder/$nonce" -maxdepth 1 -name . 2>&1 >/dev/null) || { broken "${said##*: }"; return 1; }
}
total=0
for folder do
    shift
    folder=${folder%/}
    look || continue
    # Looking has had mounted what is mounted on demand.
    is_mounted "$folder"
    mounted=$?
    [ "$mounted" -lt 2 ] || { broken 'the kernel does not tell what is mounted there'; continue; }
    set -- "$@" "$folder"
    printf 'listed %s\0' "$folder"
    [ "$mounted" = 1 ] || printf 'mounted\0'
    stat -f --printf 'room %S %b %a\0' -- "$folder/"
    # Whoever wrote it by hand may have left out the end of its line.
    [ -f "$folder/.kvmctl/id" ] && { read -r text || [ -n "$text" ]; } <"$folder/.kvmctl/id" && printf 'id %s\0' "$text"
    find "$folder/$nonce" -maxdepth 1 -xtype f -exec stat -L --printf 'file %s %b %d:%i %n\0' -- {} + 2>/dev/null
    find "$folder/$nonce" -mindepth 1 -maxdepth 1 ! -xtype f ! -name .kvmctl -printf 'other %p\0' 2>/dev/null
    more=$(find "$folder/$nonce" -maxdepth 1 -xtype f -printf . 2>/dev/null)
    total=$((total + ${#more}))
done
# Where there are very many, what most of them stand on is asked for later.
[ "$total" -le 4000 ] || count=64
printf 'count %s\0contents\0' "$count"
for folder do
    find "$folder/$nonce" -maxdepth 1 -xtype f ! -name "*$newline*" \
        -exec sh -c 'echo; exec head -v -c "$0" -- "$@"' "$count" {} + 2>/dev/null
done
printf '\n==> %s <==\n' "$nonce"
exit 0
"""#,
    ].joined()

    /// Takes what tells a folder apart out of it, where nothing else is there; fails where that cannot be seen.
    static func forget(folder: String) -> Script {
        Script(forgetText, [folder])
    }
    /// Its text, for a script that runs another.
    static let forgetText = #"""
folder=$1
[ -d "$folder/.kvmctl/" ] || exit 0
others=$(find "$folder/" -mindepth 1 -maxdepth 1 ! -name .kvmctl ! -name lost+found) || exit 1
[ -z "$others" ] || exit 0
rm -f -- "$folder/.kvmctl/id"
rmdir -- "$folder/.kvmctl" 2>/dev/null
exit 0
"""#

    /// Says which of these files and block devices the node itself uses, and where links lead. More arguments: the paths.
    ///
    /// It gets what all such scripts get, and reads no file.
    static func given(count: String, nonce: String, _ more: [String]) -> Script {
        Script(givenText, [count, nonce] + more)
    }
    /// Its text, for a script that runs another.
    static let givenText = [
#"""
count=$1 nonce=$2
shift 2

"""#,
        devices,
#"""
newline='
'
used=$(used_devices)
held=$(used_files)
for path do
    if [ -b "$path" ]; then
        if is_used "$path"; then printf 'busy %s\0' "$path"; fi
    elif [ -f "$path" ]; then
        id=$(stat -L -c %d:%i -- "$path")
        case $newline$held$newline in *"$newline$id$newline"*) printf 'busy %s\0' "$path" ;; esac
    fi
    target=$(readlink -f -- "$path" && echo .) || continue
    printf 'target %s\0%s\0' "$path" "${target%"$newline".}"
done
exit 0
"""#,
    ].joined()

    /// Sees that mounting a device, or the export of a server, at a folder hides nothing; says what it would hide, and fails. A folder that
    /// is not there is made.
    ///
    /// What the device itself is mounted at is fine: libvirt then takes it as it is. A device that is not there is libvirt's to tell.
    static func hides(folder: String, device: String) -> Script {
        Script(hidesText, [folder, device])
    }
    /// Its text, for a script that runs another.
    static let hidesText = [
#"""
folder=$1 device=$2

"""#,
        mounts,
#"""
[ -d "$folder/" ] || { mkdir -p -- "$folder" || exit 1; exit 0; }
is_mounted "$folder"
mounted=$?
[ "$mounted" -lt 2 ] || { echo "the kernel does not tell what is mounted at $folder" >&2; exit 1; }
if [ "$mounted" = 0 ]; then
    case $device in
        /*) ;;
        '') exit 0 ;;
        *)
            read_mount "$folder/"
            at=$(sed -n "s/^$number .* - [^ ]* \([^ ]*\) [^ ]*\$/\1/p" /proc/self/mountinfo | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')
            at=$(printf '%b' "$at")
            [ "$at" != "$device" ] || exit 0
            echo "$at is mounted at $folder, not $device" >&2
            exit 1 ;;
    esac
    here=$(stat -L -c %d -- "$folder/") || exit 1
    numbers=$(stat -L -c '%t %T' -- "$device") || exit 0
    major=$((0x${numbers% *})) minor=$((0x${numbers#* }))
    # As the C library puts a device's two numbers into one, for majors below 4096.
    [ "$here" = $((major * 256 + minor % 256 + (minor - minor % 256) * 4096)) ] && exit 0
    echo "another file system than that of $device is mounted at $folder" >&2
    exit 1
fi
others=$(find "$folder/" -mindepth 1 -maxdepth 1 ! -name lost+found) || exit 1
[ -z "$others" ] && exit 0
others=${others##*/}
echo "$folder contains $others, which the file system of ${device:-the pool} would hide" >&2
exit 1
"""#,
    ].joined()

    /// Writes a text into a folder, unless it has what tells it apart already, and prints what is there then.
    ///
    /// The text is random; where two nodes that share the folder write it at once, the first one's stays for both: a link is not made
    /// over a file that is there. Only an empty file, and a file system without links, take it by a new name.
    static func identify(path: String, text: String) -> Script {
        Script(identifyText, [path, text])
    }
    /// Its text, for a script that runs another.
    static let identifyText = #"""
path=$1 text=$2
folder=$path/.kvmctl
[ -d "$path/" ] || { echo "there is no folder $path" >&2; exit 1; }
umask 022
mkdir -p -- "$folder" || exit 1
if [ ! -s "$folder/id" ]; then
    part=$(mktemp -- "$folder/id.XXXXXX") || exit 1
    echo "$text" >"$part" && chmod 0644 -- "$part" && { sync -- "$part" 2>/dev/null || sync; } && {
        ln -T -- "$part" "$folder/id" 2>/dev/null || [ -s "$folder/id" ] || mv -fT -- "$part" "$folder/id"
    } || { rm -f -- "$part"; exit 1; }
    rm -f -- "$part"
fi
{ read -r id || [ -n "$id" ]; } <"$folder/id" && echo "$id"
"""#

    /// is_mounted FOLDER ends with 0 where something is mounted at the folder, 1 where nothing is, 2 where that cannot be told. The
    /// root is "".
    ///
    /// The kernel's number of the mount that a folder is in tells it: device numbers differ at subvolumes and at folders of NFS as
    /// well, where nothing is mounted.
    static let mounts = #"""
read_mount() {
    number=
    { while read -r key value; do [ "$key" != mnt_id: ] || number=$value; done </proc/self/fdinfo/9; } 2>/dev/null 9<"$1"
    [ -n "$number" ]
}
is_mounted() {
    read_mount "$1/" || return 2
    here=$number
    read_mount "$1/.." || return 2
    # Above the root there is only itself.
    [ "$here" != "$number" ] || [ -z "$1" ]
}

"""#

    /// Hands the paths of standard input to a script, as many at a time as there is room for, after the count and the detour.
    static func start(script: String, count: String, nonce: String) -> Script {
        Script(startText, [script, count, nonce])
    }
    /// Its text, for a script that runs another.
    static let startText = #"""
script=$1 count=$2 nonce=$3
LC_ALL=C; export LC_ALL
exec xargs -0 -r -n 200 sh -c "$script" kvmctl "$count" "$nonce"
"""#
}
