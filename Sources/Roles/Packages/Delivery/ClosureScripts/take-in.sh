# shellcheck shell=sh
# Makes a repository of what was delivered, if it is whole: it has the digest "$digest". Ends with 7 where it has not.
role=$1 digest=$2
. ../../Drive/PackageScripts/engine.sh
lock
cd "$own/delivery" || exit 1
if [ "$(digest <incoming)" != "$digest" ]; then
    rm -rf "$own/delivery"
    echo 'the packages did not arrive completely' >&2
    exit 7
fi
if ! tar -xf incoming --no-same-owner; then
    rm -rf "$own/delivery"
    echo 'the packages cannot be unpacked' >&2
    exit 7
fi
rm -f incoming
mkdir -p lists/partial && echo "deb [trusted=yes] file:$own/delivery ./" >sources.list || exit 1
