# shellcheck shell=sh
# Gives the state of a guest's firmware another name; `set-back` undoes it, and `drop` deletes it.
folder=$1 uuid=$2
. ./state-names.sh
names=$(state_names) && cd "$folder" || exit 1
printf '%s\n' "$names" | while read -r name; do
    [ -n "$name" ] || continue
    rm -rf -- "$name.left" && mv -T -- "$name" "$name.left" || exit 1
done
