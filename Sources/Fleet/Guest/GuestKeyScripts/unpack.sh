# shellcheck shell=sh
# Takes the archive from standard input in the place of what is there.
folder=$1
umask 077
rm -rf -- "$folder.part" && mkdir -p "$folder.part" && tar -C "$folder.part" --no-same-owner -xf - || exit 1
rm -rf -- "$folder" && mv -T -- "$folder.part" "$folder"
