# shellcheck shell=sh
# Lists folders with the first "$count" bytes of each file in them. More arguments: the folders.
#
# A link to a folder is the folder. What is there and cannot be listed is said to be so; absent is only what the folder above
# it, which could be listed, does not name.
count=$1 nonce=$2
shift 2
newline='
'
. ./mounts.sh
broken() { printf 'unreadable %s\0%s\0' "$folder" "$1"; }
look() {
    if [ ! -e "$folder/" ]; then
        part=$folder
        while above=${part%/*}; [ ! -d "${above:-/}/" ]; do part=$above; done
        [ -L "$part" ] && { broken "$part is a link that leads nowhere"; return 1; }
        [ -e "$part" ] && { broken "$part is no folder"; return 1; }
        names=$(ls -f -- "$above/") || { broken "${above:-/} cannot be listed"; return 1; }
        case $newline$names$newline in
            *"$newline${part##*/}$newline"*) broken "$part does not answer" ;;
            *) printf 'absent %s\0' "$folder" ;;
        esac
        return 1
    fi
    [ -d "$folder/" ] || { broken 'it is no folder'; return 1; }
    said=$(find "$folder/$nonce" -maxdepth 1 -name . 2>&1 >/dev/null) || { broken "${said##*: }"; return 1; }
}
total=0
for folder do
    shift
    folder=${folder%/}
    look || continue
    # Looking has had mounted what is mounted on demand.
    is_mounted "$folder"
    mounted=$?
    [ "$mounted" -lt 2 ] || { broken 'the kernel does not tell what is mounted there'; continue; }
    set -- "$@" "$folder"
    printf 'listed %s\0' "$folder"
    [ "$mounted" = 1 ] || printf 'mounted\0'
    stat -f --printf 'room %S %b %a\0' -- "$folder/"
    # Whoever wrote it by hand may have left out the end of its line.
    [ -f "$folder/.kvmctl/id" ] && { read -r text || [ -n "$text" ]; } <"$folder/.kvmctl/id" && printf 'id %s\0' "$text"
    find "$folder/$nonce" -maxdepth 1 -xtype f -exec stat -L --printf 'file %s %b %d:%i %n\0' -- {} + 2>/dev/null
    find "$folder/$nonce" -mindepth 1 -maxdepth 1 ! -xtype f ! -name .kvmctl -printf 'other %p\0' 2>/dev/null
    more=$(find "$folder/$nonce" -maxdepth 1 -xtype f -printf . 2>/dev/null)
    total=$((total + ${#more}))
done
# Where there are very many, what most of them stand on is asked for later.
[ "$total" -le 4000 ] || count=64
printf 'count %s\0contents\0' "$count"
for folder do
    find "$folder/$nonce" -maxdepth 1 -xtype f ! -name "*$newline*" \
        -exec sh -c 'echo; exec head -v -c "$0" -- "$@"' "$count" {} + 2>/dev/null
done
printf '\n==> %s <==\n' "$nonce"
exit 0
