# shellcheck shell=sh
# Takes the image from standard input, with the words "seal" after it: bytes may be "-".
#
# Without those words it is not kept: whoever sends it hashes it meanwhile, and sends them only after a whole image with the
# promised digest. What is sent goes on behind the first "from" bytes, which are there; ends with 66 where they are not. What
# was cut off stays where "cut" is "kept". origin: algorithm and digest of what this was made of before it was sent, or "-".
# mode: the permissions of the file.
path=$1 bytes=$2 seal=$3 firmware=$4 known=$5 from=$6 cut=$7 origin=$8 mode=$9
. ./keep.sh
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
