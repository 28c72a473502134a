# shellcheck shell=sh
# Takes the archive from standard input in the place of what is there; whose the files are stays, by the users' names.
folder=$1 uuid=$2
cd "$folder" || exit 1
part=.kvmctl-$uuid.part
umask 077
rm -rf -- "$part"
mkdir "$part" || exit 1
tar -C "$part" -xzpf - || exit 1
for name in "qemu/nvram/kvmctl-$uuid.fd" "qemu/nvram/kvmctl-$uuid.secure.fd" "swtpm/$uuid"; do
    if [ ! -e "$part/$name" ] || [ -L "$part/$name" ]; then continue; fi
    # The folders are libvirt's, which makes them when it first needs them.
    if [ ! -d "${name%/*}" ]; then mkdir -- "${name%/*}" && chmod 711 -- "${name%/*}" || exit 1; fi
    rm -rf -- "$name"
    mv -T -- "$part/$name" "$name" || exit 1
done
sync
rm -rf -- "$part"
