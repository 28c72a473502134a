# shellcheck shell=sh
# Prints the folder of a guest's keys as an archive; nothing where there is none.
folder=$1
[ ! -d "$folder" ] || tar -C "$folder" -cf - .
