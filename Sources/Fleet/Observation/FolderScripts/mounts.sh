# shellcheck shell=sh
# is_mounted FOLDER ends with 0 where something is mounted at the folder, 1 where nothing is, 2 where that cannot be told. The
# root is "".
#
# The kernel's number of the mount that a folder is in tells it: device numbers differ at subvolumes and at folders of NFS as
# well, where nothing is mounted.

# Sets "number" to that of the mount that a folder shows.
read_mount() {
    number=
    { while read -r key value; do [ "$key" != mnt_id: ] || number=$value; done </proc/self/fdinfo/9; } 2>/dev/null 9<"$1"
    [ -n "$number" ]
}
is_mounted() {
    read_mount "$1/" || return 2
    here=$number
    read_mount "$1/.." || return 2
    # Above the root there is only itself.
    [ "$here" != "$number" ] || [ -z "$1" ]
}
