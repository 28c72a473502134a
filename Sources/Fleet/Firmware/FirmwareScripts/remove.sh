# shellcheck shell=sh
# Deletes the state of a guest's firmware in some folders. Arguments: the folders.
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
