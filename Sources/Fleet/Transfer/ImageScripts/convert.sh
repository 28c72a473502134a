# shellcheck shell=sh
# convert makes a qcow2 file of what arrived, where it is a disk of another kind or compressed; "$whole" is the name of the
# file to keep from then on, and "$opened" the same as it was opened.
#
# What arrived is hostile: none of the files that it names is opened, and a part of the file system stays free for the guests
# that write there: a twentieth, or a GiB where that is less. The files on the way have names of their own beside the image's;
# they are made anew, so that a link of that name leads nowhere. Ends with 67 where the node lacks a program for it.

# hex FILE OFFSET COUNT prints bytes of it.
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
