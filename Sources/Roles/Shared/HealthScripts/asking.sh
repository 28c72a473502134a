# shellcheck shell=sh
# What pages are asked for with. Only other scripts have it in front. Ends with 4 where there is no such program.

PATH=/usr/local/bin:/usr/bin:/bin; export PATH
if command -v curl >/dev/null; then
    status() { curl -q -g -k -s -o /dev/null -m 5 --noproxy '*' -w '%{http_code}' -- "$1"; }
    content() { curl -q -g -k -s -m 5 --noproxy '*' -- "$1"; }
elif command -v wget >/dev/null; then
    status() {
        timeout 6 wget -q -O /dev/null -T 5 -t 1 --no-proxy --no-check-certificate -S -- "$1" 2>&1 |
            sed -n 's|^ *HTTP/[0-9.]* \([0-9]*\).*|\1|p' | tail -n 1 | tr -d '\n'
    }
    content() { timeout 6 wget -q -O - -T 5 -t 1 --no-proxy --no-check-certificate -- "$1" 2>/dev/null; }
else exit 4; fi
