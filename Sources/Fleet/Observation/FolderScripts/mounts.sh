# shellcheck shell=sh
# Tells where something is mounted, by the kernel's own table: device numbers differ at subvolumes as well, where nothing is.
newline='
'
tab=$(printf '\t')
# The number of each mount, and its place, in which blanks, tabs, line ends and backslashes are written in octal.
read_mounts() { mounts=$newline$(cut -d ' ' -f 1,5 /proc/self/mountinfo)$newline; }
# Writes a path as the table does.
as_in_table() {
    rest=$1 written=
    while [ -n "$rest" ]; do
        after=${rest#?}
        case $rest in
            ' '*) written="$written\\040" ;;
            "$tab"*) written="$written\\011" ;;
            "$newline"*) written="$written\\012" ;;
            \\*) written="$written\\134" ;;
            *) written=$written${rest%"$after"} ;;
        esac
        rest=$after
    done
}
# The table has mounts that others hide, too: whether one is what the folder shows, its number tells.
is_mounted() {
    place=$(cd -- "$1/" 2>/dev/null && pwd -P && echo .) || return 1
    as_in_table "${place%"$newline".}"
    {
        number=$(while read -r key value; do if [ "$key" = mnt_id: ]; then echo "$value"; fi; done </proc/self/fdinfo/9)
    } 2>/dev/null 9<"$1/" || return 1
    case $mounts in *"$newline$number $written$newline"*) return 0 ;; esac
    return 1
}
