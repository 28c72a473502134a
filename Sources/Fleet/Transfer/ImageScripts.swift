// Made by .ci/embed-scripts from the files in ImageScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// The scripts that bring a base image onto a node.
///
/// The bytes go to PATH.part, whose lock one writer has at a time, and get their name only when they are verified and on the
/// disk. What a dead run left in the .part is written over; a failed run takes it away.
enum ImageScripts {
    /// digestOf ALGORITHM prints the digest of its standard input as the first word.
    ///
    /// OpenSSL is several times faster than coreutils where those are built without it, as Debian's are.
    static let digestOf = #"""
digestOf() {
    if openssl dgst -r "-$1" </dev/null >/dev/null 2>&1; then openssl dgst -r "-$1"; else "$1sum"; fi
}

"""#

    /// Has the node fetch the image itself: the same parameters, and the URL on standard input.
    ///
    /// Ends with 69 where the node has no program for it, and 68 where the program failed.
    static func download(path: String, algorithm: String, digest: String, bytes: String, firmware: String) -> Script {
        Script(downloadText, [path, algorithm, digest, bytes, firmware])
    }
    /// Its text, for a script that runs another.
    static let downloadText = [
#"""
path=$1 algorithm=$2 digest=$3 bytes=$4 firmware=$5

"""#,
        digestOf,
        FileScripts.claim,
        keep,
#"""
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

    /// begin claims "$path.part", or ends with "present" where the image is there; measure holds the size of what arrived against the
    /// promised one; keep looks at what it is, and gives it its name.
    ///
    /// An image that nothing starts is refused: it would be copied, started, and waited for in vain. With "$firmware" bios that is
    /// one for UEFI alone: with a partition for it, none for a BIOS, and no boot code in the first sector. With uefi it is one
    /// without a partition that UEFI reads. The sectors are a GPT's: the first one, the header, and 128 entries of 128 bytes that
    /// begin with their kind (UEFI specification, 5.3); or an MBR's, with four entries from byte 446 on, whose kind is the fifth
    /// byte. Nothing is refused where there is no qemu-io, which comes with qemu-img.
    static let keep = #"""
fail() { rm -f -- "$part"; [ -z "$1" ] || echo "$1" >&2; exit "${2:-1}"; }
begin() {
    umask 022
    claim
    if [ -e "$path" ]; then rm -f -- "$part"; echo present; exit 0; fi
}
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
keep() {
    header=$(od -An -v -tx1 -N80 /dev/fd/9 | tr -d ' \n')
    case $header in
        514649fb????????0000000000000000*) ;;
        514649fb*) fail 'it has a backing file, which an image must not have' ;;
        fd377a585a00*) fail 'it is compressed with xz: unpack it first (xz -dk)' ;;
        1f8b*) fail 'it is compressed with gzip: unpack it first (gunzip -k)' ;;
        28b52ffd*) fail 'it is compressed with zstd: unpack it first (zstd -d)' ;;
        425a68*) fail 'it is compressed with bzip2: unpack it first (bunzip2 -k)' ;;
        504b0304*) fail 'it is a zip archive: unpack it first' ;;
        3c21*|3c68*) fail 'the address returned a web page instead of an image' ;;
        *) fail 'it is not a qcow2 file' ;;
    esac
    [ "$(echo "$header" | cut -c65-72)" = 00000000 ] || fail 'it is encrypted'
    case $header in
        514649fb00000003*)
            [ $((0x$(echo "$header" | cut -c159-160) & 4)) = 0 ] ||
                fail 'its data is in another file (an external data file), which an image must not have' ;;
    esac
    if command -v qemu-img >/dev/null; then
        said=$(qemu-img check -f qcow2 "$part" 2>&1)
        case $? in 1|2) fail "it is damaged or incomplete: $(echo "$said" | head -n 1)" ;; esac
    fi
    head=$(qemu-io -r -f qcow2 -c 'read -v 0 17408' "$part" 2>/dev/null |
        sed -n 's/^[0-9a-f]*:  \(\([0-9a-f][0-9a-f] \)*\).*/\1/p' | tr -d ' \n')
    case $firmware in
        bios) ! needs_uefi ||
            fail 'it boots with UEFI only: set firmware: uefi below hardware: of its instances, or use an image that also boots with a BIOS' ;;
        uefi) ! needs_bios ||
            fail 'it boots with a BIOS only, and its instances have UEFI: use another image, or set firmware: bios' ;;
    esac
    if ! { chmod 0644 /dev/fd/9 && { sync /dev/fd/9 2>/dev/null || sync; } && is_ours && mv -fT -- "$part" "$path"; }; then
        fail 'it could not be saved'
    fi
    sync -- "${path%/*}" 2>/dev/null
    echo done
}

"""#

    /// knownDigests FOLDER prints "digest ALGORITHM DIGEST PATH" for each image that was hashed and is the same file since; the folder
    /// is that of what is known of images.
    static let knownDigests = #"""
knownDigests() {
    [ ! -r "$1/digests" ] || while read -r algorithm digest identity path; do
        [ "$(stat -c %s:%Y:%d:%i -- "$path" 2>/dev/null)" = "$identity" ] && echo "digest $algorithm $digest $path"
    done <"$1/digests"
}

"""#

    /// Prints "present" where the image is there.
    static func look(path: String) -> Script {
        Script(lookText, [path])
    }
    /// Its text, for a script that runs another.
    static let lookText = #"""
path=$1
[ -e "$path" ] && echo present
exit 0
"""#

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
    /// promised digest.
    static func receive(path: String, bytes: String, seal: String, firmware: String) -> Script {
        Script(receiveText, [path, bytes, seal, firmware])
    }
    /// Its text, for a script that runs another.
    static let receiveText = [
#"""
path=$1 bytes=$2 seal=$3 firmware=$4

"""#,
        FileScripts.claim,
        keep,
#"""
begin
cat >/dev/fd/9 || fail 'the file could not be written'
length=${#seal}
if [ "$(tail -c "$length" /dev/fd/9 | tr -d '\0')" != "$seal" ]; then fail 'not all of it arrived'; fi
truncate -s $(($(stat -L -c %s /dev/fd/9) - length)) /dev/fd/9 || fail 'the file could not be written'
measure
keep
"""#,
    ].joined()
}
