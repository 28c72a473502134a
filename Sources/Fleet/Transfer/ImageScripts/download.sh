# shellcheck shell=sh
# Has the node fetch the image itself: the same parameters, and the URL on standard input.
#
# Ends with 69 where the node has no program for it, and 68 where the program failed.
path=$1 algorithm=$2 digest=$3 bytes=$4 firmware=$5 known=$6
origin=-
. ./keep.sh
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
