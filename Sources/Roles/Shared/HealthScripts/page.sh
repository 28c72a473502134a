# shellcheck shell=sh
# Asks for a page: prints its status, 000 or nothing where there is no answer, and "yes" where it holds "$wanted" in its
# first 256 KiB.

url=$1 wanted=$2
. ./asking.sh
found=$(status "$url")
holds=yes
if [ -n "$wanted" ]; then
    case $(content "$url" | head -c 262144 | tr -d '\000') in *"$wanted"*) ;; *) holds=no ;; esac
fi
echo "$found $holds"
exit 0
