# shellcheck shell=sh
# Whether the folder is the server's. To look at it is what mounts it.
while read -r key value; do
    case $key in
        source) source=$value ;;
        path) path=$value ;;
    esac
done </etc/kvmctl-nfs-mount.conf
timeout -k 1 20 ls -d "$path/." >/dev/null 2>&1 || {
    echo "$path cannot be read: ${source%%:*} does not answer, or does not share ${source#*:} with this guest"
    exit 1
}
found=$(awk -v path="$path" '$2 == path && $3 ~ /^nfs/ { found = $1 } END { print found }' /proc/mounts)
[ "$found" = "$source" ] && exit 0
echo "$path is ${found:-a folder of the guest}, and not $source"
exit 1
