// Made by .ci/embed-scripts from the files in ClosureScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

import Fleet

/// What delivers system packages to a guest that reaches no package server.
///
/// system asks the guest what it lacks, and what the closure of that depends on. collect finds the closure on this
/// machine, by apt in a folder of its own, and makes one file of it: the packages, and the index of a flat repository. In
/// the guest, make-room and take-in put it into `/var/lib/kvmctl/roles/NAME/delivery`, where install finds it and takes
/// nothing from elsewhere. The folder goes with the installation, and with whatever ends the attempt.
///
/// How collect ends: 3 this machine has no apt, 4 an archive cannot be read, 5 what the guest says of its packages cannot be
/// read, 6 the packages cannot be had for such a guest, 7 they could not be fetched now, 8 they are too large.
enum ClosureScripts {
    /// Finds what a guest needs for some packages beside what it has, fetches what is not in the folder "$cache" yet, and puts
    /// all of it and the index of a flat repository into the file "$bundle".
    ///
    /// Standard input: "source LINE" for each line of the sources, then "status" and the guest's packages, compressed. apt
    /// works in the folder "$name" of the cache, and knows nothing of this machine's own sources, keys and packages; what it
    /// takes from there is the way to servers. The architectures are the guest's, its own first. Packages with more than
    /// "$limit" bytes are not fetched. Prints "size BYTES", "digest SHA256", and "file NAME BYTES" for each package.
    ///
    /// The guest may say anything: of its record only what is well-formed and not too long reaches apt.
    static func collect(cache: String, name: String, architectures: String, bundle: String, limit: String, _ more: [String]) -> Script {
        Script(collectText, [cache, name, architectures, bundle, limit] + more)
    }
    /// Its text, for a script that runs another.
    static let collectText = #"""
cache=$1 name=$2 architectures=$3 bundle=$4 limit=$5
shift 5
umask 077
LC_ALL=C; DEBIAN_FRONTEND=noninteractive; export LC_ALL DEBIAN_FRONTEND
command -v apt-get >/dev/null && command -v apt-cache >/dev/null && command -v apt-config >/dev/null || exit 3
root=$cache/$name
files=$cache/files
# Whoever begins or sweeps is alone: no folder goes that somebody is about to use.
mkdir -p "$files" && exec 8>"$cache/lock" && flock 8 || exit 1
mkdir -p "$root/etc/apt/apt.conf.d" "$root/etc/apt/preferences.d" "$root/etc/apt/sources.list.d" \
    "$root/var/lib/apt/lists/partial" "$root/var/cache/apt" && touch "$root/lock" || exit 1
# What a killed run left, what nobody wanted for long, and the oldest of what is more than enough.
find "$cache" -maxdepth 1 -name 'run.*' -mmin +600 -exec rm -rf {} + 2>/dev/null
find "${bundle%/*}" -type f -mtime +0 -delete 2>/dev/null
find "$files" -type f -mtime +90 -delete 2>/dev/null
find "$cache" -mindepth 2 -maxdepth 2 -name lock -mtime +90 2>/dev/null | while read -r old; do rm -rf "${old%/lock}"; done
find "$files" -type f -printf '%T@ %s %f\n' 2>/dev/null | sort -rn |
    awk -v most="$limit" '{ sum += $2 } sum > 4 * most { print $3 }' | while read -r old; do rm -f "$files/$old"; done
exec 8>&-
work=$(mktemp -d "$cache/run.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM PIPE
cat >"$work/asked" && mkdir -p "$work/archives/partial" "$work/bundle" || exit 1
# A guest's record has some megabytes.
longest=33554432
sed '1,/^status$/d' "$work/asked" | base64 -d 2>/dev/null | gzip -dc 2>/dev/null | head -c $((longest + 1)) >"$work/said"
if [ "$(wc -c <"$work/said")" -gt $longest ]; then
    echo "the guest's record of its packages has more than $((longest / 1048576)) MiB" >&2
    exit 5
fi
# What is installed goes into "$work/status", and what an installation that was cut off left into "$work/halves": apt takes
# that for not installed here, so that all of it comes again.
awk -v halves="$work/halves" '
    function say() {
        split(value["Status"], state, " ")
        name = value["Package"]; architecture = value["Architecture"]
        if (name ~ /^[a-z0-9][a-z0-9+.-]*$/ && architecture ~ /^[a-z0-9][a-z0-9-]*$/ && value["Version"] ~ /^[0-9A-Za-z.+:~-]+$/) {
            if (state[2] == "ok" && state[3] ~ /^(installed|triggers-awaited|triggers-pending)$/) printf "%s\n", text
            else if (state[1] ~ /^(install|hold)$/ && state[3] ~ /^(unpacked|half-configured|half-installed|installed)$/)
                print name (architecture == "all" ? "" : ":" architecture) >halves
        }
        text = ""; split("", value); split("", state)
    }
    /^$/ { say(); next }
    /^(Package|Status|Essential|Architecture|Multi-Arch|Version|Provides|Pre-Depends|Depends|Conflicts|Breaks|Replaces): [ -~]+$/ {
        key = substr($0, 1, index($0, ":") - 1)
        if (key in value) next
        value[key] = substr($0, length(key) + 3); text = text $0 "\n"
    }
    END { say() }' "$work/said" >"$work/status" || exit 1
if [ ! -s "$work/status" ]; then
    echo 'the guest does not say which packages it has' >&2
    exit 5
fi
halves=
[ ! -e "$work/halves" ] || halves=$(head -n 200 "$work/halves")
{
    apt-config dump 2>/dev/null | grep -Ei '^Acquire::(https?|ftp)::(Proxy|CAInfo|CAPath|SslCert|SslKey|Verify-)'
    cat <<END
Dir "$root/";
Dir::State::status "$work/status";
Dir::Cache::archives "$work/archives/";
APT::Architecture "${architectures%% *}";
APT::Architectures { $(for one in $architectures; do printf '"%s"; ' "$one"; done)};
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::ForceHash "SHA256";
END
} >"$work/apt.conf"
APT_CONFIG=$work/apt.conf; export APT_CONFIG
# One after the other: they share lists and caches.
exec 9>"$root/lock" || exit 1
flock 9 || exit 1
complain() {
    # What fits nothing is told where packages are listed.
    cat "$work/uris" "$work/log" 2>/dev/null | grep -E '^[EW]:|^ .* : (Pre-)?Depends: ' | cut -c 1-500 >&2
}
# Whether the lists are of the last minutes.
are_new() { [ -n "$(find "$root/updated" -mmin -15 2>/dev/null)" ]; }
update() {
    rm -f "$root/updated"
    sed -n 's/^source //p' "$work/asked" >"$root/etc/apt/sources.list" || exit 1
    if ! apt-get -q update >"$work/log" 2>&1 9>&-; then
        complain
        exit 4
    fi
    : >"$root/updated"
    is_updated=yes
}
apt() { apt-get -q -y --no-install-recommends "$@" 2>"$work/log" 9>&-; }
# Notes in "$work/wanted" what has to come to the guest: DIGEST BYTES NAME.
resolve() {
    apt --print-uris install -- "$@" >"$work/uris" || return 1
    sed -n "s/^'[^']*' \([^ ]*\) \([0-9]*\) SHA256:\([0-9a-f]*\)\$/\3 \2 \1/p" "$work/uris" >"$work/wanted"
    if [ "$(grep -c "^'" "$work/uris")" -ne "$(wc -l <"$work/wanted")" ]; then
        echo 'E: an archive gives no SHA256 of a package' >"$work/log"
        return 1
    fi
}
# The same for some packages and what was cut off in the guest, where that is to be had.
resolve_all() {
    resolve "$@" $halves && return 0
    [ -n "$halves" ] && [ -n "$is_updated" ] || return 1
    halves=
    resolve "$@"
}
check_size() {
    bytes=$(awk '{ sum += $2 } END { printf "%.0f", sum }' "$work/wanted")
    if [ "$bytes" -gt "$limit" ]; then
        echo "they have $(((bytes + 1048575) / 1048576)) MiB, and at most $((limit / 1048576)) MiB are delivered" >&2
        exit 8
    fi
    # As they come, and in the file that is sent.
    free=$(df -Pk "$cache" | awk 'END { print $4 }')
    if [ "${free:-0}" -lt $((bytes / 512)) ]; then
        echo "they need $((bytes / 524288)) MiB in $cache, where $((${free:-0} / 1024)) MiB are free" >&2
        exit 8
    fi
}
# Whether the file $1 has the digest $2.
has_digest() { [ -f "$1" ] && [ "$(sha256sum <"$1" 2>/dev/null | cut -c 1-64)" = "$2" ]; }
# Brings into the cache what is not there; apt checks each file by the signed lists, and so is what was there before.
fetch() {
    lacking=
    while read -r digest size file; do
        if has_digest "$files/$digest.deb" "$digest"; then ln -f "$files/$digest.deb" "$work/archives/$file" || return 1
        else lacking=yes; fi
    done <"$work/wanted"
    [ -n "$lacking" ] || return 0
    apt --download-only install -- "$@" >/dev/null || return 1
    while read -r digest size file; do
        if ! has_digest "$work/archives/$file" "$digest"; then
            echo "E: $file is not what its archive says" >"$work/log"
            return 1
        fi
        has_digest "$files/$digest.deb" "$digest" || ln -f "$work/archives/$file" "$files/$digest.deb" || return 1
    done <"$work/wanted"
}
is_updated=
are_new || update
# Old lists may not have it, or have what the archive has no more.
until resolve_all "$@"; do
    if [ -n "$is_updated" ]; then
        complain
        exit 6
    fi
    update
done
check_size
until fetch "$@" $halves; do
    if [ -n "$is_updated" ]; then
        complain
        exit 7
    fi
    update
    resolve_all "$@" || { complain; exit 6; }
    check_size
done
# The archive's own words of each package, with the name of its file here.
cut -d ' ' -f 3 "$work/wanted" | sed 's/^\([^_]*\)_.*_\([^_.]*\)\.deb$/\1:\2/; s/:all$//' >"$work/names"
[ ! -s "$work/names" ] || xargs apt-cache show -- <"$work/names" >"$work/shown" 2>"$work/log" 9>&- || { complain; exit 1; }
[ -e "$work/shown" ] || : >"$work/shown"
awk -v wanted="$work/wanted" '
    BEGIN {
        while ((getline line <wanted) > 0) { split(line, words, " "); is_wanted[words[1]] = 1 }
        RS = ""; FS = "\n"
    }
    {
        digest = ""
        for (number = 1; number <= NF; number++)
            if ($number ~ /^SHA256: /) digest = substr($number, 9)
        if (!(digest in is_wanted)) next
        delete is_wanted[digest]
        for (number = 1; number <= NF; number++)
            print ($number ~ /^Filename: / ? "Filename: ./" digest ".deb" : $number)
        print ""
    }' "$work/shown" >"$work/bundle/Packages" || exit 1
if [ "$(grep -c '^Filename: ' "$work/bundle/Packages")" -ne "$(wc -l <"$work/wanted")" ]; then
    echo 'apt does not say of every package what is in it' >&2
    exit 1
fi
# Without it apt looks for the index in every compressed form. Its time is before that of any guest's clock.
printf 'Date: Wed, 01 Jan 2020 00:00:00 UTC\nSHA256:\n %s %s Packages\n' "$(sha256sum <"$work/bundle/Packages" | cut -c 1-64)" \
    "$(wc -c <"$work/bundle/Packages")" >"$work/bundle/Release" || exit 1
while read -r digest size file; do
    touch -c "$files/$digest.deb"
    ln -f "$work/archives/$file" "$work/bundle/$digest.deb" || exit 1
    echo "file $file $size"
done <"$work/wanted"
if ! mkdir -p "${bundle%/*}" || ! tar -C "$work/bundle" -cf "$bundle" .; then
    rm -f -- "$bundle"
    exit 1
fi
echo "size $(wc -c <"$bundle")"
echo "digest $(sha256sum <"$bundle" | cut -c 1-64)"
"""#

    /// Removes packages that were sent from here; those of a run that was killed go a day later.
    static func forget(bundle: String) -> Script {
        Script(forgetText, [bundle])
    }
    /// Its text, for a script that runs another.
    static let forgetText = #"""
bundle=$1
rm -f -- "$bundle"
find "${bundle%/*}" -type f -mtime +0 -exec rm -f {} + 2>/dev/null
exit 0
"""#

    /// Makes an empty folder for what is delivered, where "$size" bytes have room twice. Ends with 7 where they have not.
    static func makeRoom(role: String, size: String) -> Script {
        Script(makeRoomText, [role, size])
    }
    /// Its text, for a script that runs another.
    static let makeRoomText = [
#"""
role=$1 size=$2

"""#,
        PackageScripts.engine,
#"""
lock
rm -rf "$own/delivery" && mkdir -p "$own/delivery" || exit 1
free=$(df -Pk "$own/delivery" | awk 'END { print $4 }')
needed=$((size / 512 + 10240))
[ "${free:-0}" -ge "$needed" ] && exit 0
rm -rf "$own/delivery"
echo "the packages need $((needed / 1024)) MiB in $all, where $((${free:-0} / 1024)) MiB are free" >&2
exit 7
"""#,
    ].joined()

    /// Says whose packages the guest has, "missing NAME" for each of some that it lacks, and what the closure of those
    /// depends on: its distribution, release and architectures and, after a line "status", what is installed, as dpkg has it.
    /// That is compressed.
    static func system(role: String, _ more: [String]) -> Script {
        Script(systemText, [role] + more)
    }
    /// Its text, for a script that runs another.
    static let systemText = [
#"""
role=$1
shift 1

"""#,
        PackageScripts.engine,
        PackageScripts.families,
#"""
echo "family $family"
needed=$(missing "$@")
[ -n "$needed" ] || exit 0
for name in $needed; do echo "missing $name"; done
[ "$family" = debian ] || exit 0
(. /etc/os-release && printf 'distribution %s\nrelease %s\n' "${ID:-}" "${VERSION_CODENAME:-}") || exit 1
echo "architecture $(dpkg --print-architecture)"
for name in $(dpkg --print-foreign-architectures); do echo "foreign $name"; done
echo status
fields=
for field in Package Status Essential Architecture Multi-Arch Version Provides Pre-Depends Depends Conflicts Breaks \
    Replaces; do
    fields="$fields$field: \${$field}\\n"
done
dpkg-query -W -f "$fields\\n" | sed '/^[^ ]*: *$/d' | gzip -c | base64
"""#,
    ].joined()

    /// Makes a repository of what was delivered, if it is whole: it has the digest "$digest". Ends with 7 where it has not.
    static func takeIn(role: String, digest: String) -> Script {
        Script(takeInText, [role, digest])
    }
    /// Its text, for a script that runs another.
    static let takeInText = [
#"""
role=$1 digest=$2

"""#,
        PackageScripts.engine,
#"""
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
"""#,
    ].joined()
}
