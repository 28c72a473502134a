// Made by .ci/embed-scripts from the files in ImageScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// The scripts that bring a base image onto a node.
///
/// The bytes go to PATH.part, whose lock one writer has at a time, and get their name only when they are verified and on the
/// disk. What a dead run left in the .part is written over; a failed run takes it away.
enum ImageScripts {
    /// begin claims "$path.part", or ends with "present" where the image is there; fail takes away what was made so far.
    static let begin = #"""
fail() {
    rm -f -- "$part" "$path.unpacked" "$path.made"
    [ -z "$1" ] || echo "$1" >&2
    exit "${2:-1}"
}
begin() {
    umask 022
    claim
    if [ -e "$path" ]; then rm -f -- "$part"; echo present; exit 0; fi
}

"""#

    /// Prints "missing" where the node has no virt-customize.
    static func canCustomize() -> Script {
        Script(canCustomizeText, [])
    }
    /// Its text, for a script that runs another.
    static let canCustomizeText = #"""
command -v virt-customize >/dev/null || echo missing
"""#

    /// convert makes a qcow2 file of what arrived, where it is a disk of another kind or compressed; "$whole" is the name of the
    /// file to keep from then on, and "$opened" the same as it was opened.
    ///
    /// What arrived is hostile: none of the files that it names is opened, and a part of the file system stays free for the guests
    /// that write there: a twentieth, or a GiB where that is less. The files on the way have names of their own beside the image's;
    /// they are made anew, so that a link of that name leads nowhere. Ends with 67 where the node lacks a program for it.
    static let convert = #"""
hex() { od -An -v -tx1 -j"$2" -N"$3" -- "$1" 2>/dev/null | tr -d ' \n'; }
fresh() {
    rm -f -- "$2" || fail "$2 cannot be taken away"
    set -C
    # `command` keeps a shell from ending where it cannot be made.
    case $1 in
        7) { command exec 7>"$2"; } 2>/dev/null ;;
        8) { command exec 8>"$2"; } 2>/dev/null ;;
    esac || fail "$2 cannot be made"
    set +C
    # Nobody put anything else in its place.
    if [ ! -f "/dev/fd/$1" ] || [ "$(stat -L -c %d:%i "/dev/fd/$1")" != "$(stat -c %d:%i -- "$2")" ]; then
        fail "$2 is not the file that was made"
    fi
}
# room prints how many KiB may be written.
room() {
    # The names before and behind the figures may have blanks.
    df -Pk -- "${path%/*}" | sed -n '$s/^.* \([0-9][0-9]*\)  *[0-9][0-9]*  *\([0-9][0-9]*\)  *[0-9][0-9]*% .*$/\1 \2/p' | {
        read -r size free
        reserve=$((size / 20))
        [ "$reserve" -le 1048576 ] || reserve=1048576
        [ "$free" -gt "$reserve" ] || free=$reserve
        echo $((free - reserve))
    }
}
lacks() { command -v "$1" >/dev/null || fail "$1 is not installed" 67; }
is_whole() { [ "$(stat -L -c %d:%i "$opened")" = "$(stat -c %d:%i -- "$whole" 2>/dev/null)" ]; }
# pieces writes its standard input to 7, with holes where it is zeros, as long as there is room and it is no more than 2 TiB;
# prints "full" otherwise.
pieces() {
    count=0
    while :; do
        if [ "$(room)" -le 65536 ] || [ "$count" -ge 32768 ]; then echo full; return; fi
        said=$(LC_ALL=C dd bs=64K count=1024 iflag=fullblock seek=$((count * 1024)) conv=sparse,notrunc of=/dev/fd/7 2>&1) ||
            { echo full; return; }
        case $said in
            '1024+0 records in'*) count=$((count + 1)) ;;
            *)
                bytes=$(echo "$said" | sed -n 's/ bytes\{0,1\} .*//p')
                truncate -s $((count * 67108864 + bytes)) /dev/fd/7
                return ;;
        esac
    done
}
unpack() {
    lacks "$1"
    fresh 7 "$path.unpacked"
    said=$({ { "$@" </dev/fd/9 2>/dev/null; echo "ended $?" >&3; } | pieces >&3; } 3>&1)
    case $said in
        *full*) fail "unpacked, it is larger than 2 TiB, or than what may be written in ${path%/*} ($(($(room) / 1024)) MiB)" ;;
        *'ended 0'*) ;;
        *) fail "it is damaged or incomplete: $1 cannot unpack it" ;;
    esac
    whole=$path.unpacked opened=/dev/fd/7
}
number() { od -An -tu"$3" -j"$2" -N"$3" -- "$1" | tr -d ' \n'; }
# reaches prints how many sectors of 512 bytes a raw disk must have by its partition table: a GPT's copy of itself is the last one
# (UEFI specification, 5.3.2: byte 32 of the header), and an MBR's partitions have a first sector and a count.
reaches() {
    if [ "$(hex "$1" 512 8)" = 4546492050415254 ]; then
        echo $(($(number "$1" 544 8) + 1))
        return
    fi
    most=0
    for at in 446 462 478 494; do
        case $(hex "$1" $((at + 4)) 1) in 00 | ee | '') continue ;; esac
        end=$(($(number "$1" $((at + 8)) 4) + $(number "$1" $((at + 12)) 4)))
        [ "$end" -le "$most" ] || most=$end
    done
    echo "$most"
}
# transform FORMAT makes a qcow2 file of a disk of another format.
transform() {
    lacks qemu-img
    disk='json:{"driver":"'$1'","backing":null,"file":{"driver":"file","locking":"off","filename":"'$opened'"}}'
    ! qemu-img info "$disk" 2>/dev/null | grep -q '^backing file:' ||
        fail 'it has a backing file, which an image must not have'
    # What lies behind the end of a file that was cut short would be read as zeros, and no check of qemu-img's sees it.
    size=$(stat -L -c %s "$opened")
    qemu-img map "$disk" 2>/dev/null | while read -r _ length place _; do
        case $place in 0x*) [ $((place + length)) -le $(((size + 511) / 512 * 512)) ] || exit 1 ;; esac
    done || fail 'it is damaged or incomplete: it refers to what lies behind its end'
    said=$(qemu-img measure -O qcow2 "$disk" 2>&1)
    need=$(echo "$said" | sed -n 's/^required size: //p')
    [ -n "$need" ] || fail "it is damaged, incomplete, or one of several files: qemu-img cannot read it as $1 (${said##*: })"
    [ $((need / 1024)) -le "$(room)" ] ||
        fail "as a qcow2 file it needs $((need / 1048576)) MiB, and $(($(room) / 1024)) MiB may be written in ${path%/*}"
    fresh 8 "$path.made"
    said=$(qemu-img convert -O qcow2 "$disk" /dev/fd/8 2>&1) ||
        fail "it is damaged or incomplete: qemu-img cannot convert it from $1 (${said##*: })"
    whole=$path.made opened=/dev/fd/8
}
convert() {
    whole=$part opened=/dev/fd/9
    case $(hex "$opened" 0 8) in
        fd377a585a00*) unpack xz -dc --memlimit-decompress=1GiB ;;
        1f8b*) unpack gzip -dc ;;
        28b52ffd*) unpack zstd -dcq ;;
    esac
    case $(hex "$opened" 0 80) in
        514649fb*) ;;
        4b444d56????????????????0000000000000000*) fail 'it is a VMware disk in several files: convert it to one first' ;;
        4b444d56*) transform vmdk ;;
        *7f10dabe????????????????????????) transform vdi ;;
        7668647866696c65*) transform vhdx ;;
        fd377a585a00* | 1f8b* | 28b52ffd*) fail 'it is compressed twice: unpack it first' ;;
        425a68*) fail 'it is compressed with bzip2: unpack it first (bunzip2 -k)' ;;
        504b0304*) fail 'it is a zip archive: unpack it first' ;;
        23204469736b2044*) fail 'it is the description of a VMware disk in several files: convert it to one first' ;;
        636f6e6563746978*) fail 'it is a Virtual PC disk (vhd): convert it first (qemu-img convert -f vpc -O qcow2)' ;;
        3c21* | 3c68* | 3c3f*) fail 'the address returned a web page instead of an image' ;;
        *)
            [ "$(hex "$opened" 32769 5)" != 4344303031 ] || fail 'it is an installation CD: name it in install: of an instance, or use a cloud image, which has an installed system'
            [ "$(hex "$opened" 510 2)" = 55aa ] || [ "$(hex "$opened" 512 8)" = 4546492050415254 ] ||
                fail 'it is neither a qcow2 file nor any other disk that kvmctl knows'
            [ "$(reaches "$opened")" -le $((($(stat -L -c %s "$opened") + 511) / 512)) ] ||
                fail 'it is damaged or incomplete: its partitions end behind its end'
            transform raw ;;
    esac
}

"""#

    /// Makes an image of the one at "base" with virt-customize, as standard input says: a word and its value in each line.
    ///
    /// "password" has root's hash, "hostname" and "package" are plain, "key" and "run" are base64. network: "yes" where what runs in the
    /// image may reach one. Ends with 67 where the node has no virt-customize, and with 1 for any other reason. It takes a minute or
    /// more; an hour is the limit. The image is a copy until all is done, and gets its name then.
    static func customize(path: String, base: String, network: String, known: String) -> Script {
        Script(customizeText, [path, base, network, known])
    }
    /// Its text, for a script that runs another.
    static let customizeText = [
#"""
path=$1 base=$2 network=$3 known=$4

"""#,
        FileScripts.claim,
        begin,
        convert,
#"""
begin
lacks virt-customize
umask 077
# One folder for each image: what a killed run left is found, and nobody else is in it while the image is claimed.
folder=$known/recipes/${path##*/}
rm -rf -- "$folder"
mkdir -p -- "$folder" || fail 'no folder for the recipe can be made'
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 1' HUP INT TERM PIPE
commands=$folder/commands
: >"$commands" || fail 'the recipe cannot be written'
count=0
while read -r word value; do
    count=$((count + 1))
    case $word in
        password)
            printf 'root:%s\n' "$value" >"$folder/password"
            echo "upload $folder/password:/root/.kvmctl-password"
            # Whatever comes of it, the file does not stay.
            echo 'run-command chpasswd -e </root/.kvmctl-password; code=$?; rm -f /root/.kvmctl-password; exit $code' ;;
        key)
            printf '%s' "$value" | base64 -d >"$folder/$count" || fail 'the recipe is damaged'
            echo "ssh-inject root:file:$folder/$count" ;;
        hostname) echo "hostname $value" ;;
        package) echo "install $value" ;;
        run)
            printf '%s' "$value" | base64 -d >"$folder/$count" || fail 'the recipe is damaged'
            echo "run $folder/$count" ;;
    esac >>"$commands" || fail 'the recipe cannot be written'
done
{
    # Each guest makes its own, where the image has one: virt-customize gives it one that all guests would share.
    echo 'run-command if [ -f /etc/machine-id ]; then : >/etc/machine-id; fi'
    echo selinux-relabel
    # virt-customize 1.48 ends with 0 also where it could not read the file of commands: it shows each line that it runs.
    echo 'run-command : all of the recipe is done'
} >>"$commands" || fail 'the recipe cannot be written'
need=$(du -k -- "$base" | cut -f 1)
[ "${need:-0}" -le "$(room)" ] ||
    fail "a copy of it needs $((need / 1024)) MiB, and $(($(room) / 1024)) MiB may be written in ${path%/*}"
fresh 8 "$path.made"
whole=$path.made opened=/dev/fd/8
cp --sparse=always -- "$base" "$opened" 2>/dev/null || cat -- "$base" >"$opened" || fail 'it cannot be copied'
set -- --format qcow2 -a "$whole" --commands-from-file "$commands"
[ "$network" = yes ] || set -- --no-network "$@"
# It keeps the lock of 9, so that nobody makes the same image while it goes on after this script was killed.
said=$(LIBGUESTFS_BACKEND=direct timeout -k 10 3600 virt-customize "$@" 2>&1 </dev/null 8>&-)
code=$?
# What it says of reporting bugs helps nobody here.
words=$(echo "$said" | sed '/^If reporting bugs/,$d; /^$/d' | tail -n 5)
case $code in
    0)
        case $said in
            *': all of the recipe is done'*) ;;
            *) fail "virt-customize ended before all of the recipe was done: $words" ;;
        esac ;;
    124) fail "virt-customize was not done within an hour; its last lines: $words" ;;
    137) fail "virt-customize was killed, as where memory runs out; its last lines: $words" ;;
    *) fail "virt-customize failed: $words" ;;
esac
# Passwords are in it: libvirt gives it to QEMU's user with the disks that stand on it.
if ! { chmod 0600 "$opened" && { sync "$opened" 2>/dev/null || sync; } && is_ours && is_whole && mv -fT -- "$whole" "$path"; }; then
    fail 'it could not be saved'
fi
sync -- "${path%/*}" 2>/dev/null
rm -f -- "$part"
echo made
"""#,
    ].joined()

    /// digestOf ALGORITHM prints the digest of its standard input as the first word.
    ///
    /// OpenSSL is several times faster than coreutils where those are built without it, as Debian's are.
    static let digestOf = #"""
digestOf() {
    if openssl dgst -r "-$1" </dev/null >/dev/null 2>&1; then openssl dgst -r "-$1"; else "$1sum"; fi
}

"""#

    /// Deletes what a sending left that did not come to its end; prints "busy" where somebody writes there, and "absent" where
    /// there is nothing.
    static func discard(path: String) -> Script {
        Script(discardText, [path])
    }
    /// Its text, for a script that runs another.
    static let discardText = #"""
path=$1
part=$path.part
if [ -f "$part" ] && [ ! -L "$part" ]; then
    exec 9>>"$part"
    flock -n 9 || { echo busy; exit 0; }
elif [ ! -e "$path.unpacked" ] && [ ! -e "$path.made" ]; then
    echo absent
fi
rm -f -- "$part" "$path.unpacked" "$path.made"
"""#

    /// Has the node fetch the image itself: the same parameters, and the URL on standard input.
    ///
    /// Ends with 69 where the node has no program for it, and 68 where the program failed.
    static func download(path: String, algorithm: String, digest: String, bytes: String, firmware: String, known: String) -> Script {
        Script(downloadText, [path, algorithm, digest, bytes, firmware, known])
    }
    /// Its text, for a script that runs another.
    static let downloadText = [
#"""
path=$1 algorithm=$2 digest=$3 bytes=$4 firmware=$5 known=$6

"""#,
        FileScripts.claim,
        begin,
        convert,
        digestOf,
        setRecord,
        keep,
#"""
origin=-
begin
read -r url
if command -v curl >/dev/null; then
    printf 'url = "%s"\n' "$(printf '%s' "$url" | sed 's/[\\"]/\\&/g')" |
        curl -fsSL --connect-timeout 15 --speed-limit 1024 --speed-time 60 --retry 2 -o /dev/fd/9 --config - ||
        fail '' 68
elif command -v wget >/dev/null; then
    printf '%s\n' "$url" | wget -q --timeout=60 --tries=3 -O /dev/fd/9 -i - || fail '' 68
else
    fail 'the node has neither curl nor wget' 69
fi
measure
case $algorithm in
    -) ;;
    *)
        sum=$(digestOf "$algorithm" </dev/fd/9) || fail 'the checksum could not be computed'
        [ "${sum%% *}" = "$digest" ] || fail "its $algorithm is ${sum%% *} instead of $digest"
        ;;
esac
keep
"""#,
    ].joined()

    /// Takes what is known of an image that was deleted from the records in the folder, and what is left of its recipe.
    static func forget(folder: String, path: String) -> Script {
        Script(forgetText, [folder, path])
    }
    /// Its text, for a script that runs another.
    static let forgetText = [
#"""
folder=$1 path=$2

"""#,
        setRecord,
#"""
for record in digests origins; do setRecord "$folder" "$record" "$path" '' || exit 1; done
rm -rf -- "$folder/recipes/${path##*/}"
"""#,
    ].joined()

    /// Hashes images; prints a line "digest" for each, as knownDigests does, and keeps what it found.
    ///
    /// folder: that of what is known of images. More arguments: algorithm and path of each image. What is kept is a cache: a line of
    /// a file that is another one by now is left out, and two scripts at once may lose each other's.
    static func hash(folder: String, _ more: [String]) -> Script {
        Script(hashText, [folder] + more)
    }
    /// Its text, for a script that runs another.
    static let hashText = [
#"""
folder=$1
shift 1

"""#,
        digestOf,
#"""
umask 077
mkdir -p -- "$folder" || exit 1
new=$(mktemp -- "$folder/digests.XXXXXX") || exit 1
trap 'rm -f -- "$new"' EXIT
trap 'exit 1' HUP INT TERM PIPE
[ ! -r "$folder/digests" ] || while read -r algorithm digest identity path; do
    [ "$(stat -c %s:%Y:%d:%i -- "$path" 2>/dev/null)" = "$identity" ] && echo "$algorithm $digest $identity $path"
done <"$folder/digests" >"$new"
while [ $# -gt 1 ]; do
    # Hashed before, and the same file since.
    sum=$(
        while read -r algorithm digest identity path; do
            [ "$algorithm $path" != "$1 $2" ] || { echo "$digest"; break; }
        done <"$new"
    )
    if [ -n "$sum" ]; then
        echo "digest $1 $sum $2"
        shift 2
        continue
    fi
    identity=$(stat -c %s:%Y:%d:%i -- "$2") && sum=$(digestOf "$1" <"$2") &&
        [ "$(stat -c %s:%Y:%d:%i -- "$2")" = "$identity" ] && {
            echo "$1 ${sum%% *} $identity $2" >>"$new"
            echo "digest $1 ${sum%% *} $2"
        }
    shift 2
done
mv -fT -- "$new" "$folder/digests"
"""#,
    ].joined()

    /// measure holds the size of what arrived against the promised one; keep makes a qcow2 file of it where it is something else,
    /// looks at what it is, and gives it its name.
    ///
    /// An image that nothing starts is refused: it would be copied, started, and waited for in vain. With "$firmware" bios that is
    /// one for UEFI alone: with a partition for it, none for a BIOS, and no boot code in the first sector. With uefi it is one
    /// without a partition that UEFI reads. The sectors are a GPT's: the first one, the header, and 128 entries of 128 bytes that
    /// begin with their kind (UEFI specification, 5.3); or an MBR's, with four entries from byte 446 on, whose kind is the fifth
    /// byte. Nothing is refused where there is no qemu-io, which comes with qemu-img.
    static let keep = #"""
at() { printf '%s' "$head" | cut -c "$1"; }
is_gpt() { [ "$(at 1025-1040)" = 4546492050415254 ]; }
needs_uefi() {
    is_gpt && [ -z "$(at 1-880 | tr -d 0)" ] && kinds 28732ac11ff8d211ba4b00a0c93ec93b &&
        ! kinds 4861682149646f6e744e656564454649
}
needs_bios() {
    if is_gpt; then ! kinds 28732ac11ff8d211ba4b00a0c93ec93b; return; fi
    [ "$(at 1021-1024)" = 55aa ] || return 1
    # Linux, swap, LVM, RAID and extended partitions: what UEFI cannot read.
    for kind in "$(at 901-902)" "$(at 933-934)" "$(at 965-966)" "$(at 997-998)"; do
        case $kind in 00 | 05 | 0f | 82 | 83 | 8e | fd) ;; *) return 1 ;; esac
    done
}
kinds() { printf '%s' "$head" | cut -c 2049- | fold -w 256 | grep -q "^$1"; }
measure() {
    size=$(stat -L -c %s /dev/fd/9)
    case $bytes in -) ;; "$size") ;; *) fail "$size bytes arrived instead of $bytes" ;; esac
}
# What the spec's checksum tells of is what arrived, and not what was made of it, here or where it came from. Nobody finds it out
# again, so it is on record before the image has its name; the device is left out, since a file system may be another one
# after a restart.
remember() {
    [ "$whole" != "$part" ] || [ "$origin" != - ] || return 0
    identity=$(stat -L -c %s:%Y:%i "$opened")
    if [ "$whole" = "$part" ]; then
        lines="$origin $identity $path"
    else
        lines=$(
            for kind in sha256 sha512; do
                sum=$(digestOf "$kind" </dev/fd/9) || exit 1
                echo "$kind ${sum%% *} $identity $path"
            done
        ) || fail 'its checksums could not be computed'
    fi
    setRecord "$known" origins "$path" "$lines" || fail "$known/origins could not be written"
}
# On GlusterFS and NFS, QEMU's locks and the one of 9 are of one kind and would keep each other out: QEMU takes none.
# inspect makes sure that it is a disk that stands alone and that the firmware may start.
inspect() {
    convert
    header=$(hex "$opened" 0 104)
    [ "$(echo "$header" | cut -c17-32)" = 0000000000000000 ] ||
        fail 'it has a backing file, which an image must not have'
    [ "$(echo "$header" | cut -c65-72)" = 00000000 ] || fail 'it is encrypted'
    case $header in
        514649fb00000003*)
            [ $((0x$(echo "$header" | cut -c159-160) & 4)) = 0 ] ||
                fail 'its data is in another file (an external data file), which an image must not have' ;;
    esac
    image='json:{"driver":"qcow2","file":{"driver":"file","locking":"off","filename":"'$opened'"}}'
    if command -v qemu-img >/dev/null; then
        said=$(qemu-img check "$image" 2>&1)
        case $? in 1|2) fail "it is damaged or incomplete: $(echo "$said" | head -n 1)" ;; esac
    fi
    head=$(qemu-io -r -c 'read -v 0 17408' "$image" 2>/dev/null |
        sed -n 's/^[0-9a-f]*:  \(\([0-9a-f][0-9a-f] \)*\).*/\1/p' | tr -d ' \n')
    case $firmware in
        bios) ! needs_uefi ||
            fail 'it boots with UEFI only: set firmware: uefi below hardware: of its instances, or use an image that also boots with a BIOS' ;;
        uefi) ! needs_bios ||
            fail 'it boots with a BIOS only, and its instances have UEFI: use another image, or set firmware: bios' ;;
    esac
}
keep() {
    case $path in
        *.iso)
            whole=$part opened=/dev/fd/9
            [ "$(hex "$opened" 32769 5)" = 4344303031 ] || fail 'it is no CD to install from: it has no ISO 9660 file system' ;;
        *) inspect ;;
    esac
    remember
    if ! { chmod "${mode:-0644}" "$opened" && { sync "$opened" 2>/dev/null || sync; } && is_ours && is_whole &&
        mv -fT -- "$whole" "$path"; }; then
        fail 'it could not be saved'
    fi
    sync -- "${path%/*}" 2>/dev/null
    [ "$whole" = "$part" ] || rm -f -- "$part" "$path.unpacked"
    echo done
}

"""#

    /// knownDigests FOLDER prints "digest ALGORITHM DIGEST PATH" for each image that was hashed and is the same file since, and of those
    /// that were made of something else what that hashed to; the folder is that of what is known of images.
    static let knownDigests = #"""
knownDigests() {
    [ ! -r "$1/digests" ] || while read -r algorithm digest identity path; do
        [ "$(stat -c %s:%Y:%d:%i -- "$path" 2>/dev/null)" = "$identity" ] && echo "digest $algorithm $digest $path"
    done <"$1/digests"
    [ ! -r "$1/origins" ] || while read -r algorithm digest identity path; do
        [ "$(stat -c %s:%Y:%i -- "$path" 2>/dev/null)" = "$identity" ] && echo "digest $algorithm $digest $path"
    done <"$1/origins"
}

"""#

    /// Prints "present" where the image is there, and takes away what its making left; where it is not, prints "part SIZE SHA256" of
    /// what a sending left that was cut off, if "begun" is "hashed".
    static func look(path: String, begun: String) -> Script {
        Script(lookText, [path, begun])
    }
    /// Its text, for a script that runs another.
    static let lookText = [
#"""
path=$1 begun=$2

"""#,
        digestOf,
#"""
part=$path.part
claimed=no
if [ -f "$part" ] && [ ! -L "$part" ]; then
    exec 9>>"$part"
    # Somebody else may be writing it.
    if flock -n 9; then claimed=yes; fi
fi
if [ -e "$path" ]; then
    [ "$claimed" = no ] || rm -f -- "$part" "$path.unpacked" "$path.made"
    echo present
elif [ "$claimed" = yes ] && [ "$begun" = hashed ] && [ -s "$part" ]; then
    sum=$(digestOf sha256 </dev/fd/9) && echo "part $(stat -L -c %s /dev/fd/9) ${sum%% *}"
fi
exit 0
"""#,
    ].joined()

    /// Prints how much has arrived.
    static func progress(path: String) -> Script {
        Script(progressText, [path])
    }
    /// Its text, for a script that runs another.
    static let progressText = #"""
path=$1
stat -c %s -- "$path.part" 2>/dev/null
exit 0
"""#

    /// Takes the image from standard input, with the words "seal" after it: bytes may be "-".
    ///
    /// Without those words it is not kept: whoever sends it hashes it meanwhile, and sends them only after a whole image with the
    /// promised digest. What is sent goes on behind the first "from" bytes, which are there; ends with 66 where they are not. What
    /// was cut off stays where "cut" is "kept". origin: algorithm and digest of what this was made of before it was sent, or "-".
    /// mode: the permissions of the file.
    static func receive(path: String, bytes: String, seal: String, firmware: String, known: String, from: String, cut: String, origin: String, mode: String) -> Script {
        Script(receiveText, [path, bytes, seal, firmware, known, from, cut, origin, mode])
    }
    /// Its text, for a script that runs another.
    static let receiveText = [
#"""
path=$1 bytes=$2 seal=$3 firmware=$4 known=$5 from=$6 cut=$7 origin=$8 mode=$9

"""#,
        FileScripts.claim,
        begin,
        convert,
        digestOf,
        setRecord,
        keep,
#"""
begin
if [ "$from" = 0 ]; then
    truncate -s 0 /dev/fd/9 || fail 'the file could not be written'
elif [ "$(stat -L -c %s /dev/fd/9)" != "$from" ]; then
    fail 'what was sent before is there no more' 66
fi
cat >>/dev/fd/9 || fail 'the file could not be written'
length=${#seal}
if [ "$(tail -c "$length" /dev/fd/9 | tr -d '\0')" != "$seal" ]; then
    [ "$cut" = kept ] || fail 'not all of it arrived'
    echo 'not all of it arrived' >&2
    exit 1
fi
truncate -s $(($(stat -L -c %s /dev/fd/9) - length)) /dev/fd/9 || fail 'the file could not be written'
measure
keep
"""#,
    ].joined()

    /// Takes away the files that say that this run's spec keeps an image, where no other says so; prints the first one that does.
    ///
    /// More arguments: the files.
    static func release(prefix: String, _ more: [String]) -> Script {
        Script(releaseText, [prefix] + more)
    }
    /// Its text, for a script that runs another.
    static let releaseText = #"""
prefix=$1
shift 1
for file in "$prefix"*; do
    [ -e "$file" ] || continue
    for own do [ "$file" != "$own" ] || continue 2; done
    echo "${file##*/}"
    exit 0
done
[ $# = 0 ] || rm -f -- "$@"
"""#

    /// Makes the files that say that a cluster keeps an image; prints "made" where one was missing. Arguments: the files.
    static func retain(_ more: [String]) -> Script {
        Script(retainText, more)
    }
    /// Its text, for a script that runs another.
    static let retainText = #"""
shift 0
umask 022
set -C
for file do
    if [ ! -e "$file" ]; then
        : >"$file" || exit 1
        echo made
    fi
done
"""#

    /// setRecord FOLDER NAME PATH LINES has the record of that name hold these lines of the image at the path, and no others of it.
    ///
    /// Blocks while another script writes there. The record takes its place whole, so whoever got the lock of a file that is there
    /// no more asks again. A record without a line is no file.
    static let setRecord = #"""
setRecord() (
    umask 077
    if [ -n "$4" ]; then mkdir -p -- "$1"; else [ -e "$1/$2" ] || exit 0; fi || exit 1
    while :; do
        exec 6>>"$1/$2" && flock 6 || exit 1
        [ "$(stat -L -c %i /dev/fd/6)" != "$(stat -c %i -- "$1/$2" 2>/dev/null)" ] || break
    done
    # Whatever could not be written, the old record stays.
    : >"$1/$2.new" || exit 1
    while read -r kind sum file of; do
        [ "$of" = "$3" ] || echo "$kind $sum $file $of" >>"$1/$2.new" || { rm -f -- "$1/$2.new"; exit 1; }
    done <"$1/$2"
    [ -z "$4" ] || echo "$4" >>"$1/$2.new" || { rm -f -- "$1/$2.new"; exit 1; }
    if [ -s "$1/$2.new" ]; then
        { sync "$1/$2.new" 2>/dev/null || sync; } && mv -fT -- "$1/$2.new" "$1/$2"
    else
        rm -f -- "$1/$2" "$1/$2.new"
    fi
)

"""#

    /// Takes files away that say that an image is kept; prints "absent" where there was none. Arguments: the files.
    static func unmark(_ more: [String]) -> Script {
        Script(unmarkText, more)
    }
    /// Its text, for a script that runs another.
    static let unmarkText = #"""
shift 0
there=0
for file do [ ! -e "$file" ] || there=1; done
[ "$there" = 1 ] || echo absent
[ $# = 0 ] || rm -f -- "$@"
"""#
}
