# shellcheck shell=sh
# begin claims "$path.part", or ends with "present" where the image is there; fail takes away what was made so far.
. ../FileScripts/claim.sh
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
