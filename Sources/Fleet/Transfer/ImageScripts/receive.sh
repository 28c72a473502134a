# shellcheck shell=sh
# Takes the image from standard input: algorithm is sha256, sha512 or "-", bytes may be "-".
#
# The digest is made while the bytes come in, not afterwards.
path=$1 algorithm=$2 digest=$3 bytes=$4
. ./digest-of.sh
. ./keep.sh
begin
case $algorithm in
    -) cat >/dev/fd/9 || fail 'the file could not be written' ;;
    *) sum=$(tee /dev/fd/9 | digestOf "$algorithm") || fail 'the file could not be written' ;;
esac
keep
