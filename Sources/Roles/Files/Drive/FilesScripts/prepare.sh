# shellcheck shell=sh
# Makes the folder that files come into, and the salt; nobody but root can look into them.
role=$1

. ./begin.sh
mkdir -p "$all/$role/placed" "$all/$role/before" || exit 1
rm -rf "$all/$role/incoming" && mkdir "$all/$role/incoming" || exit 1
if [ ! -s "$all/salt" ]; then
    head -c 32 /dev/urandom | base64 >"$all/salt.new" && mv -fT "$all/salt.new" "$all/salt" || exit 1
fi
