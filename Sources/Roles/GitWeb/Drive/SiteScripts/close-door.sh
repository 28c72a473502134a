# shellcheck shell=sh
# Shuts the key out again; where "$size" is not empty, the file that came, of so many bytes, is put where bundles are taken in.
role=$1 size=$2
. ./begin.sh
door=/var/lib/kvmctl-site/door
if [ -n "$size" ]; then
    [ "$(stat -c %s "$door/incoming" 2>/dev/null)" = "$size" ] || { rm -rf "$door"; echo 'the data arrived incompletely' >&2; exit 1; }
    mv -f "$door/incoming" "$base/private/incoming" && chown root:root "$base/private/incoming"
fi
rm -rf "$door"
