# shellcheck shell=sh
# Whether the folder is mounted, or will be as soon as somebody looks at it. To look would wait for the server.
while read -r key value; do
    case $key in
        source) source=$value ;;
        path) path=$value ;;
    esac
done </etc/kvmctl-nfs-mount.conf
# What is on the folder, the last on top: an autofs of systemd, and the server's folder once somebody looked.
found=$(awk -v path="$path" '$2 == path { print $3, $1 }' /proc/mounts)
case $found in
    *autofs*) ;;
    *) echo "$path is not mounted when somebody looks at it"; exit 1 ;;
esac
top=$(printf '%s\n' "$found" | tail -n 1)
case $top in
    autofs\ * | nfs*" $source") ;;
    *) echo "$path is ${top#* }, and not $source"; exit 1 ;;
esac
