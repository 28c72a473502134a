# shellcheck shell=sh
# Takes the image from standard input, with the words "seal" after it: bytes may be "-".
#
# Without those words it is not kept: whoever sends it hashes it meanwhile, and sends them only after a whole image with the
# promised digest.
path=$1 bytes=$2 seal=$3 firmware=$4
. ./keep.sh
begin
cat >/dev/fd/9 || fail 'the file could not be written'
length=${#seal}
if [ "$(tail -c "$length" /dev/fd/9 | tr -d '\0')" != "$seal" ]; then fail 'not all of it arrived'; fi
truncate -s $(($(stat -L -c %s /dev/fd/9) - length)) /dev/fd/9 || fail 'the file could not be written'
measure
keep
