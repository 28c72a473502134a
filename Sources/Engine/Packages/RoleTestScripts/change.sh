# shellcheck shell=sh
# Stops the first "$count" arguments, which are services, and adds a line to each file of the others, as somebody may by
# hand. Services first: what stops them may be one of the files.
count=$1
shift 1
while [ "$count" -gt 0 ]; do
    systemctl stop "$1" || exit 1
    count=$((count - 1))
    shift
done
for file; do mkdir -p "${file%/*}" && echo '# kvmctl role test' >>"$file" || exit 1; done
