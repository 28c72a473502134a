// Made by .ci/embed-scripts from the files in HealthScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

import Fleet

/// How websites are asked.
enum HealthScripts {
    /// Asks websites. Arguments: pairs of addresses, of which the second may be empty.
    ///
    /// Prints a line for each pair: its number, counted from one, the status that the first is answered with, 000 or nothing where
    /// it is not, and what the second gives. Pairs are asked side by side, each address for 5 s at most. Who signed a certificate is
    /// its visitors' business: this asks whether it answers. Ends with 4 where there is no program to ask with.
    static func ask(_ more: [String]) -> Script {
        Script(askText, more)
    }
    /// Its text, for a script that runs another.
    static let askText = [
#"""
shift 0

"""#,
        asking,
#"""
answer() { [ -z "$1" ] || content "$1" | head -c 200 | tr -cd '0-9a-f'; }
number=0
while [ $# -gt 0 ]; do
    number=$((number + 1))
    (echo "$number $(status "$1") $(answer "$2")") &
    shift 2
    [ $((number % 32)) != 0 ] || wait
done
wait
exit 0
"""#,
    ].joined()

    /// What pages are asked for with. Only other scripts have it in front. Ends with 4 where there is no such program.
    static let asking = #"""
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

"""#

    /// Prints "open" where something takes connections at a port. Ends with 4 where there is no program to try it with.
    static func listens(host: String, port: String) -> Script {
        Script(listensText, [host, port])
    }
    /// Its text, for a script that runs another.
    static let listensText = #"""
host=$1 port=$2
PATH=/usr/local/bin:/usr/bin:/bin; export PATH
if command -v bash >/dev/null; then
    timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>/dev/null && echo open
elif command -v nc >/dev/null; then
    zero=
    nc -h 2>&1 </dev/null | grep -q -e '-[A-Za-z0-9]*z' && zero=-z
    timeout 5 nc $zero -w 3 "$host" "$port" </dev/null >/dev/null 2>&1
    # Without that, a BusyBox's waits until the other side hangs up: it is connected where it had to be ended.
    case $? in 0 | 124 | 143) echo open ;; esac
else exit 4; fi
exit 0
"""#

    /// Asks for a page: prints its status, 000 or nothing where there is no answer, and "yes" where it holds "$wanted" in its
    /// first 256 KiB.
    static func page(url: String, wanted: String) -> Script {
        Script(pageText, [url, wanted])
    }
    /// Its text, for a script that runs another.
    static let pageText = [
#"""
url=$1 wanted=$2

"""#,
        asking,
#"""
found=$(status "$url")
holds=yes
if [ -n "$wanted" ]; then
    case $(content "$url" | head -c 262144 | tr -d '\000') in *"$wanted"*) ;; *) holds=no ;; esac
fi
echo "$found $holds"
exit 0
"""#,
    ].joined()
}
