# shellcheck shell=sh
# Makes an empty folder for what is delivered, where "$size" bytes have room twice. Ends with 7 where they have not.
role=$1 size=$2
. ../../Drive/PackageScripts/engine.sh
lock
rm -rf "$own/delivery" && mkdir -p "$own/delivery" || exit 1
free=$(df -Pk "$own/delivery" | awk 'END { print $4 }')
needed=$((size / 512 + 10240))
[ "${free:-0}" -ge "$needed" ] && exit 0
rm -rf "$own/delivery"
echo "the packages need $((needed / 1024)) MiB in $all, where $((${free:-0} / 1024)) MiB are free" >&2
exit 7
