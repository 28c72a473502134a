# shellcheck shell=sh
# Makes an image of the one at "base" with virt-customize, as standard input says: a word and its value in each line.
#
# "password" has root's hash, "hostname" and "package" are plain, "key" and "run" are base64. network: "yes" where what runs in the
# image may reach one. Ends with 67 where the node has no virt-customize, and with 1 for any other reason. It takes a minute or
# more; an hour is the limit. The image is a copy until all is done, and gets its name then.
path=$1 base=$2 network=$3 known=$4
. ./begin.sh
. ./convert.sh
begin
lacks virt-customize
umask 077
# One folder for each image: what a killed run left is found, and nobody else is in it while the image is claimed.
folder=$known/recipes/${path##*/}
rm -rf -- "$folder"
mkdir -p -- "$folder" || fail 'no folder for the recipe can be made'
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 1' HUP INT TERM PIPE
commands=$folder/commands
: >"$commands" || fail 'the recipe cannot be written'
count=0
while read -r word value; do
    count=$((count + 1))
    case $word in
        password)
            printf 'root:%s\n' "$value" >"$folder/password"
            echo "upload $folder/password:/root/.kvmctl-password"
            # Whatever comes of it, the file does not stay.
            # shellcheck disable=SC2016 # the guest's shell expands it
            echo 'run-command chpasswd -e </root/.kvmctl-password; code=$?; rm -f /root/.kvmctl-password; exit $code' ;;
        key)
            printf '%s' "$value" | base64 -d >"$folder/$count" || fail 'the recipe is damaged'
            echo "ssh-inject root:file:$folder/$count" ;;
        hostname) echo "hostname $value" ;;
        package) echo "install $value" ;;
        run)
            printf '%s' "$value" | base64 -d >"$folder/$count" || fail 'the recipe is damaged'
            echo "run $folder/$count" ;;
    esac >>"$commands" || fail 'the recipe cannot be written'
done
{
    # Each guest makes its own, where the image has one: virt-customize gives it one that all guests would share.
    echo 'run-command if [ -f /etc/machine-id ]; then : >/etc/machine-id; fi'
    echo selinux-relabel
    # virt-customize 1.48 ends with 0 also where it could not read the file of commands: it shows each line that it runs.
    echo 'run-command : all of the recipe is done'
} >>"$commands" || fail 'the recipe cannot be written'
need=$(du -k -- "$base" | cut -f 1)
[ "${need:-0}" -le "$(room)" ] ||
    fail "a copy of it needs $((need / 1024)) MiB, and $(($(room) / 1024)) MiB may be written in ${path%/*}"
fresh 8 "$path.made"
whole=$path.made opened=/dev/fd/8
cp --sparse=always -- "$base" "$opened" 2>/dev/null || cat -- "$base" >"$opened" || fail 'it cannot be copied'
set -- --format qcow2 -a "$whole" --commands-from-file "$commands"
[ "$network" = yes ] || set -- --no-network "$@"
# It keeps the lock of 9, so that nobody makes the same image while it goes on after this script was killed.
said=$(LIBGUESTFS_BACKEND=direct timeout -k 10 3600 virt-customize "$@" 2>&1 </dev/null 8>&-)
code=$?
# What it says of reporting bugs helps nobody here.
words=$(echo "$said" | sed '/^If reporting bugs/,$d; /^$/d' | tail -n 5)
case $code in
    0)
        case $said in
            *': all of the recipe is done'*) ;;
            *) fail "virt-customize ended before all of the recipe was done: $words" ;;
        esac ;;
    124) fail "virt-customize was not done within an hour; its last lines: $words" ;;
    137) fail "virt-customize was killed, as where memory runs out; its last lines: $words" ;;
    *) fail "virt-customize failed: $words" ;;
esac
# Passwords are in it: libvirt gives it to QEMU's user with the disks that stand on it.
if ! { chmod 0600 "$opened" && { sync "$opened" 2>/dev/null || sync; } && is_ours && is_whole && mv -fT -- "$whole" "$path"; }; then
    fail 'it could not be saved'
fi
sync -- "${path%/*}" 2>/dev/null
rm -f -- "$part"
echo made
