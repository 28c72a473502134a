# shellcheck shell=sh
# Deletes a file with what a write that was cut short left of it; prints "absent" where there was none.
path=$1
[ -e "$path" ] || echo absent
rm -f -- "$path" "$path.part" "$path.unpacked" "$path.made" "$path.answers" "$path.answers.part"
