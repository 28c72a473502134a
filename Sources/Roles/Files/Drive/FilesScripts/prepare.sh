# shellcheck shell=sh
# Makes the folder that files come into, and the salt; nobody but root can look into them. What a killed run left goes.
role=$1

. ./begin.sh
own=$all/$role
mkdir -p "$own/placed" "$own/before" || exit 1
sweep
rm -rf "$own/incoming" && mkdir "$own/incoming" || exit 1
if [ ! -s "$all/.salt" ]; then
    head -c 32 /dev/urandom | base64 >"$all/.salt.new" && mv -fT "$all/.salt.new" "$all/.salt" || exit 1
fi
