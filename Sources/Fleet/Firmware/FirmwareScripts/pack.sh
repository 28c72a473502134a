# shellcheck shell=sh
# Prints the state of a guest's firmware as an archive; nothing where it has none yet. Arguments: the folders it is in.
# Compressed: the variables of aarch64 are 64 MiB, nearly all of which is empty.
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
