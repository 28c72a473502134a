# shellcheck shell=sh
# measure holds the size of what arrived against the promised one; keep makes a qcow2 file of it where it is something else,
# looks at what it is, and gives it its name.
#
# An image that nothing starts is refused: it would be copied, started, and waited for in vain. With "$firmware" bios that is
# one for UEFI alone: with a partition for it, none for a BIOS, and no boot code in the first sector. With uefi it is one
# without a partition that UEFI reads. The sectors are a GPT's: the first one, the header, and 128 entries of 128 bytes that
# begin with their kind (UEFI specification, 5.3); or an MBR's, with four entries from byte 446 on, whose kind is the fifth
# byte. Nothing is refused where there is no qemu-io, which comes with qemu-img.
. ./begin.sh
. ./convert.sh
. ./digest-of.sh
. ./set-record.sh
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
