// Made by .ci/embed-scripts from the files in SiteScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

import Fleet

/// What is run in a guest, as root, by its agent or over ssh; every Linux with systemd.
///
/// A new commit: prepare, release (makes its files and builds), activate (switches to it), is-running, prune. Where it does not
/// answer: last-words and give-back. By hand: roll-back. When the role goes: remove. A plan runs read alone.
///
/// Each may be cut off anywhere and run again.
enum SiteScripts {
    /// Switches to a release: nginx is its configuration, service the unit's text, state what the guest remembers.
    ///
    /// Prints "proof" and where the server says which release it serves. What was there before is kept beside it, for going back,
    /// and it is remembered that nobody has seen the new one answer. What nginx does not take, or a port that is taken, changes
    /// nothing; after any other failure give-back finds out whether there is something to go back from.
    static func activate(role: String, release: String, nginx: String, service: String, state: String, port: String) -> Script {
        Script(activateText, [role, release, nginx, service, state, port])
    }
    /// Its text, for a script that runs another.
    static let activateText = [
#"""
role=$1 release=$2 nginx=$3 service=$4 state=$5 port=$6

"""#,
        begin,
        forgetKeys,
        SharedScripts.firewalls,
        openPort,
        run,
        lookAtPort,
        tryConfiguration,
#"""
old=$(readlink "$base/current")
# What nobody has seen answering, since a run was cut off, is nothing to go back to.
if [ ! -f "$base/unproven" ]; then
    rm -f "$base"/before.*
    for file in nginx.conf state held; do
        [ ! -f "$base/$file" ] || ln "$base/$file" "$base/before.$file" || exit 1
    done
    [ -z "$old" ] || ln -s "$old" "$base/before.current" || exit 1
    : >"$base/unproven" || exit 1
fi
changed=no; renewed=no
cmp -s "$written" "$base/nginx.conf" || changed=yes
mv -f "$written" "$base/nginx.conf" || exit 1
printf '%s' "$service" >"$base/unit.new" || exit 1
if ! cmp -s "$base/unit.new" "/etc/systemd/system/$unit"; then
    renewed=yes
    # Made there, for SELinux' sake, and whole before it counts.
    cat "$base/unit.new" >"/etc/systemd/system/$unit.new" &&
        mv -f "/etc/systemd/system/$unit.new" "/etc/systemd/system/$unit" || exit 1
    systemctl daemon-reload
fi
rm -f "$base/unit.new"
openPort
point "releases/$release" || exit 1
printf '%s' "$state" >"$base/state.new" || exit 1
# What is served already has been since then.
if [ "$old" = "releases/$release" ] && [ -f "$base/state" ]; then touch -r "$base/state" "$base/state.new"; fi
mv -f "$base/state.new" "$base/state" || exit 1
rm -f "$base/held"
touch "$base/releases/$release"
run
echo "proof $proof"
"""#,
    ].joined()

    /// What scripts for the website "$role" begin with: run in a guest, as root; every Linux with systemd.
    /// Each may be cut off anywhere and run again.
    static let begin = #"""
umask 022
LC_ALL=C; HOME=/root; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH HOME
base=/var/lib/kvmctl-site/$role
unit=kvmctl-site-$role.service
# What tells that this release is served and not something else on the port: the server gives it to who knows where to ask.
seal() {
    seal=$(printf '%s' "${1##*/}" | sha256sum | cut -c1-64)
    # Going back must not need room on the disk.
    if [ -f "$base/$1/.kvmctl" ] && [ ! -L "$base/$1/.kvmctl" ] && [ "$(cat "$base/$1/.kvmctl")" = "$seal" ]; then return; fi
    [ ! -d "$base/$1/.kvmctl" ] || [ -L "$base/$1/.kvmctl" ] || rm -rf "$base/$1/.kvmctl"
    rm -rf "$base/seal.new"
    echo "$seal" >"$base/seal.new" && mv -fT "$base/seal.new" "$base/$1/.kvmctl"
}
# The link is the owner's of what it leads to: nginx follows no other.
point() {
    seal "$1" || return 1
    ln -sfn "$1" "$base/current.new" && chown -h kvmctl-build:kvmctl-build "$base/current.new" &&
        mv -T "$base/current.new" "$base/current"
}

"""#

    /// Shuts the key out again; where "$size" is not empty, the file that came, of so many bytes, is put where bundles are taken in.
    static func closeDoor(role: String, size: String) -> Script {
        Script(closeDoorText, [role, size])
    }
    /// Its text, for a script that runs another.
    static let closeDoorText = [
#"""
role=$1 size=$2

"""#,
        begin,
#"""
door=/var/lib/kvmctl-site/door
if [ -n "$size" ]; then
    [ "$(stat -c %s "$door/incoming" 2>/dev/null)" = "$size" ] || { rm -rf "$door"; echo 'the data arrived incompletely' >&2; exit 1; }
    mv -f "$door/incoming" "$base/private/incoming" && chown root:root "$base/private/incoming"
fi
rm -rf "$door"
"""#,
    ].joined()

    /// closePort PORT has a firewall that runs shut a port again.
    static let closePort = #"""
closePort() {
    [ -n "$1" ] || return 0
    if firewalldRuns; then
        firewall-cmd -q --permanent --remove-port="$1/tcp"; firewall-cmd -q --remove-port="$1/tcp"
    fi
    if ufwRuns; then
        ufw delete allow "$1/tcp" >/dev/null
    fi
}

"""#

    /// forgetKeys removes certificates that neither what is served nor what could be gone back to needs.
    static let forgetKeys = #"""
forgetKeys() {
    for name in "$base"/private/tls-* "$base"/private/tls.crt "$base"/private/tls.key; do
        grep -qsF "/private/${name##*/}" "$base/nginx.conf" "$base/before.nginx.conf" || rm -rf "$name"
    done
}

"""#

    /// Goes back to what was served before the last switch; where nothing was, nothing is served.
    ///
    /// Where "$begun" is not empty, only where a switch had begun that nobody has seen answering. It takes no room, as a full disk
    /// may be the reason.
    static func giveBack(role: String, begun: String) -> Script {
        Script(giveBackText, [role, begun])
    }
    /// Its text, for a script that runs another.
    static let giveBackText = [
#"""
role=$1 begun=$2

"""#,
        begin,
        SharedScripts.firewalls,
        openPort,
        closePort,
        run,
#"""
# What has proved good is not taken away: there is nothing to go back from.
[ -e "$base/unproven" ] || { [ -z "$begun" ] && [ -L "$base/before.current" ]; } || exit 0
changed=yes; renewed=no
oldPort=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
old=$(readlink "$base/before.current")
if [ -z "$old" ] || [ ! -d "$base/$old" ]; then
    systemctl disable -q --now "$unit"
    rm -f "$base/current" "$base/state" "$base/unproven"
    closePort "$oldPort"
    exit 0
fi
point "$old" || exit 1
for file in nginx.conf state held; do
    rm -f "$base/$file"
    [ ! -f "$base/before.$file" ] || ln "$base/before.$file" "$base/$file" || exit 1
done
port=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
port=${port:-$oldPort}
openPort
run
rm -f "$base/unproven"
"""#,
    ].joined()

    /// Ends with 9 where the unit does not run: then something else answered.
    static func isRunning(role: String) -> Script {
        Script(isRunningText, [role])
    }
    /// Its text, for a script that runs another.
    static let isRunningText = [
#"""
role=$1

"""#,
        begin,
        running,
    ].joined()

    /// How the server is and what it said last, for somebody who looks for the reason of a failure.
    static func lastWords(role: String) -> Script {
        Script(lastWordsText, [role])
    }
    /// Its text, for a script that runs another.
    static let lastWordsText = [
#"""
role=$1

"""#,
        begin,
#"""
state=$(systemctl is-active "$unit" 2>/dev/null)
[ "$state" = active ] || echo "its server is not running: systemd reports ${state:-nothing}"
journalctl -q -n 8 -o cat --since=-2min "_SYSTEMD_UNIT=$unit" 2>/dev/null | tail -c 2000
"""#,
    ].joined()

    /// Ends with 8 where something else than the website listens on "$port"; "$oldPort" is the port that it had.
    static let lookAtPort = #"""
oldPort=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
listens() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        grep -q "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") [0-9A-F]*:0000 0A "
}
if [ "$oldPort" = "$port" ] && systemctl is-active --quiet "$unit"; then :
elif listens "$port"; then
    who=$(ss -Hltnp "sport = :$port" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)".*/\1/p' | sort -u | head -n 1)
    echo "port $port of the guest is in use by ${who:-another program}" >&2
    rm -f "$base"/private/tls.*.new
    exit 8
fi

"""#

    /// Lets the key "$key" send one file and nothing else; prints the guest's own host keys.
    ///
    /// The key is made for this file, and shut out when it has come.
    static func openDoor(role: String, key: String) -> Script {
        Script(openDoorText, [role, key])
    }
    /// Its text, for a script that runs another.
    static let openDoorText = [
#"""
role=$1 key=$2

"""#,
        begin,
#"""
[ -d /etc/ssh ] && systemctl is-active --quiet ssh.service sshd.service ssh.socket 2>/dev/null || exit 3
door=/var/lib/kvmctl-site/door
id kvmctl-door >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir "$door" \
    --shell /bin/sh kvmctl-door || exit 1
rm -rf "$door" && mkdir -p "$door/.ssh" || exit 1
printf 'restrict,command="exec cat >%s/incoming" %s\n' "$door" "$key" >"$door/.ssh/authorized_keys"
chown -R kvmctl-door:kvmctl-door "$door" && chmod 0700 "$door" "$door/.ssh" && chmod 0600 "$door/.ssh/authorized_keys"
cat /etc/ssh/ssh_host_*_key.pub
"""#,
    ].joined()

    /// openPort opens port "$port" where a firewall runs, closes "$oldPort", the one before, and has SELinux let nginx have both port
    /// and files.
    static let openPort = #"""
openPort() {
    same=no
    [ "$oldPort" = "$port" ] && same=yes
    if [ $same = yes ] && firewalldHas "$port"; then :
    elif firewalldRuns; then
        firewall-cmd -q --permanent --add-port="$port/tcp"; firewall-cmd -q --add-port="$port/tcp"
        if [ -n "$oldPort" ] && [ $same = no ]; then
            firewall-cmd -q --permanent --remove-port="$oldPort/tcp"; firewall-cmd -q --remove-port="$oldPort/tcp"
        fi
    fi
    if [ $same = yes ] && ufwHas "$port"; then :
    elif ufwRuns; then
        ufw allow "$port/tcp" >/dev/null
        if [ -n "$oldPort" ] && [ $same = no ]; then ufw delete allow "$oldPort/tcp" >/dev/null; fi
    fi
    if command -v selinuxenabled >/dev/null && selinuxenabled; then
        if command -v semanage >/dev/null; then
            semanage port -a -t http_port_t -p tcp "$port" 2>/dev/null || semanage port -m -t http_port_t -p tcp "$port" 2>/dev/null
            semanage fcontext -a -t httpd_sys_content_t '/var/lib/kvmctl-site(/.*)?' 2>/dev/null
            semanage fcontext -a -t httpd_var_run_t '/run/kvmctl-site-.*' 2>/dev/null
            restorecon -RF /var/lib/kvmctl-site
        else
            chcon -R -t httpd_sys_content_t /var/lib/kvmctl-site
        fi
    fi
}

"""#

    /// pointer FOLDER prints the first file below it that is a pointer of Git LFS: a build may have fetched what it stands for.
    ///
    /// The pointers begin with this line (its specification, docs/spec.md).
    static let pointer = #"""
pointer() {
    find "$1" -type f -size -3 -exec grep -ls '^version https://git-lfs.github.com/spec/v1$' {} + |
        while IFS= read -r file; do
            [ "$(head -n 1 "$file" 2>/dev/null)" = 'version https://git-lfs.github.com/spec/v1' ] || continue
            printf '%s\n' "${file#"$1"/}"
            break
        done
}

"""#

    /// Makes sure of nginx, git, users and folders; prints the commits that are in the guest.
    ///
    /// At first it waits for cloud-init, which may be installing the same packages, or about to wake a firewall.
    static func prepare(role: String) -> Script {
        Script(prepareText, [role])
    }
    /// Its text, for a script that runs another.
    static let prepareText = [
#"""
role=$1

"""#,
        begin,
        SharedScripts.cloudInit,
#"""
refs() { git --git-dir="$base/repo.git" for-each-ref --format='%(objectname)' refs/kvmctl; }
if [ -f "$base/private/prepared" ] && [ -x /usr/sbin/nginx ]; then
    rm -f "$base/private/incoming"
    refs && exit 0
fi
awaitCloudInit 600
needs=
[ -x /usr/sbin/nginx ] || needs="$needs nginx"
command -v git >/dev/null || needs="$needs git"
if [ -n "$needs" ]; then
    # A name that somebody in the guest could know before would be a link to a file of root's.
    log=$(mktemp) || exit 1
    trap 'rm -f -- "$log"' EXIT
    if command -v apt-get >/dev/null; then
        DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND
        timeout 120 apt-get -q update >"$log" 2>&1
        timeout 400 apt-get -q -y --no-install-recommends install $needs >>"$log" 2>&1
    elif command -v dnf >/dev/null; then
        timeout 500 dnf -q -y install $needs >"$log" 2>&1
    fi
    left=
    [ -x /usr/sbin/nginx ] || left="$left nginx"
    command -v git >/dev/null || left="$left git"
    if [ -n "$left" ]; then
        tail -n 5 "$log" >&2
        echo "the guest has no$left, and it cannot be installed there" >&2
        exit 3
    fi
    # The distribution's own server would take port 80.
    case $needs in *nginx*) systemctl disable -q --now nginx.service 2>/dev/null ;; esac
fi
for user in kvmctl-site kvmctl-build; do
    id "$user" >/dev/null 2>&1 || useradd --system --user-group --no-create-home \
        --home-dir /nonexistent --shell /usr/sbin/nologin "$user" || exit 1
done
mkdir -p "$base/releases" && mkdir -p -m 0700 "$base/private" && chmod 0755 /var/lib/kvmctl-site "$base" || exit 1
chgrp kvmctl-site "$base/private" && chmod 0750 "$base/private"
[ -f "$base/repo.git/HEAD" ] || git init -q --bare "$base/repo.git" || exit 1
chmod 0700 "$base/repo.git"
# Large files pass through a guest with little memory.
git config --file "$base/repo.git/config" core.bigFileThreshold 2m
git config --file "$base/repo.git/config" pack.threads 1
refs && : >"$base/private/prepared"
"""#,
    ].joined()

    /// Takes the present commit for one that answers, and removes all but "$keep", those last used staying.
    ///
    /// Ends with 9, having changed nothing, where the unit does not run.
    static func prune(role: String, keep: String) -> Script {
        Script(pruneText, [role, keep])
    }
    /// Its text, for a script that runs another.
    static let pruneText = [
#"""
role=$1 keep=$2

"""#,
        begin,
        running,
        forgetKeys,
#"""
rm -f "$base/unproven" "$base"/before.*
forgetKeys
current=$(readlink "$base/current"); current=${current##*/}
number=0
for name in $(ls -1t "$base/releases"); do
    number=$((number + 1))
    [ "$name" = "$current" ] && continue
    [ "$number" -gt "$keep" ] || continue
    rm -rf "$base/releases/$name"
done
rm -rf "$base/making"
"""#,
    ].joined()

    /// Prints what every website of the guest is now, and ends well where there is none.
    static func read() -> Script {
        Script(readText, [])
    }
    /// Its text, for a script that runs another.
    static let readText = [
        SharedScripts.firewalls,
#"""
LC_ALL=C; PATH=/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
for base in /var/lib/kvmctl-site/*; do
    current=$(readlink "$base/current" 2>/dev/null) || continue
    [ -d "$base/$current" ] || continue
    echo "site ${base##*/}"
    echo "current ${current##*/}"
    echo "proof $(sed -n 's|.* /\.kvmctl/\([0-9a-f]*\) .*|\1|p' "$base/nginx.conf" 2>/dev/null)"
    cat "$base/state" 2>/dev/null
    [ -f "$base/held" ] && echo "held $(cat "$base/held")"
    echo "since $(stat -c %Y "$base/state" 2>/dev/null)"
    ls -1t "$base/releases" 2>/dev/null | sed 's/^/kept /'
    [ -f "$base/unproven" ] && echo unproven
    systemctl is-active --quiet "kvmctl-site-${base##*/}.service" && echo serving
    port=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
    grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && ! ufwHas "$port" && echo 'shut ufw'
    [ -d /etc/firewalld ] && systemctl is-active --quiet firewalld.service && ! firewalldHas "$port" &&
        echo 'shut firewalld'
done
exit 0
"""#,
    ].joined()

    /// Takes in the bundle in private/incoming and makes the folder of a commit.
    ///
    /// name: the folder's name; path: the path served; limit: seconds for the build; parts: how many submodules. After these come
    /// folder and commit of each submodule, then the commands of the build. Prints what somebody should know. What is there
    /// already is left as it is.
    static func release(role: String, commit: String, name: String, path: String, limit: String, parts: String, _ more: [String]) -> Script {
        Script(releaseText, [role, commit, name, path, limit, parts] + more)
    }
    /// Its text, for a script that runs another.
    static let releaseText = [
#"""
role=$1 commit=$2 name=$3 path=$4 limit=$5 parts=$6
shift 6

"""#,
        begin,
        pointer,
#"""
making=$base/making
if [ -f "$base/private/incoming" ]; then
    git --git-dir="$base/repo.git" fetch -q "$base/private/incoming" '+refs/kvmctl/*:refs/kvmctl/*' || exit 1
    rm -f "$base/private/incoming"
fi
if [ -d "$base/releases/$name" ]; then
    [ -f "$base/releases/$name/$path/index.html" ] && exit 0
    rm -rf "$base/releases/$name"
fi
systemctl stop "kvmctl-build-$role.service" 2>/dev/null
rm -rf "$making" && mkdir "$making" || exit 1
GIT_DIR=$base/repo.git; GIT_INDEX_FILE=$base/private/index; export GIT_DIR GIT_INDEX_FILE
# checkout COMMIT FOLDER
checkout() {
    rm -f "$GIT_INDEX_FILE"
    mkdir -p "$2" && git read-tree "$1" && GIT_WORK_TREE=$2 git -C "$2" checkout-index -a -f
}
checkout "$commit" "$making" || exit 1
while [ "$parts" -gt 0 ]; do
    # No way out of the folder through a link that the repository holds.
    case $(readlink -m "$making/$1")/ in "$making"/*) ;; *) echo "the submodule $1 lies outside" >&2; exit 1 ;; esac
    checkout "$2" "$making/$1" || exit 1
    shift 2; parts=$((parts - 1))
done
unset GIT_DIR GIT_INDEX_FILE
find "$making" -name .git -prune -exec rm -rf {} +
chown -hR kvmctl-build:kvmctl-build "$making" || exit 1
start=$(date +%s)
for command; do
    left=$((limit - $(date +%s) + start)); [ "$left" -gt 0 ] || left=1
    # From a file: systemd puts variables of its own into arguments, and halves each $$.
    printf '%s\n' "$command" >"$base/command" || exit 1
    systemd-run --quiet --wait --collect --pipe --unit="kvmctl-build-$role" \
        -p User=kvmctl-build -p Group=kvmctl-build -p WorkingDirectory="$making" -p RuntimeMaxSec="$left" \
        -p NoNewPrivileges=yes -p PrivateTmp=yes -p PrivateDevices=yes -p ProtectHome=yes \
        -p ProtectSystem=strict -p ReadWritePaths="$making" -p InaccessiblePaths="$base/private" \
        -p UMask=0022 -E HOME=/tmp -E PATH=/usr/local/bin:/usr/bin:/bin -E LC_ALL=C.UTF-8 \
        sh "$base/command" </dev/null >"$base/private/build.log" 2>&1
    code=$?
    rm -f "$base/command"
    [ $code = 0 ] && continue
    tail -c 4000 "$base/private/build.log" | tail -n 20 >&2
    if [ $(($(date +%s) - start)) -ge "$limit" ]; then
        echo "the build took longer than $limit s: $command" >&2
    else
        echo "the build failed with $code: $command" >&2
    fi
    exit 4
done
# Links that lead out are not served, and nothing but files, folders and links is.
find "$making" -type l -exec sh -c '
    top=$1; shift
    for link; do case $(readlink -f "$link") in "$top"/*) ;; *) rm -f "$link"; echo "left out ${link#"$top"/}: a link to outside the folder" ;; esac; done
    ' sh "$making" {} +
find "$making" ! -type f ! -type d ! -type l -delete
if [ ! -d "$making/$path" ]; then
    echo "there is no folder $path" >&2
    exit 5
fi
if [ ! -f "$making/$path/index.html" ]; then
    echo "there is no index.html in $path" >&2
    exit 5
fi
file=$(pointer "$making/$path")
if [ -n "$file" ]; then
    printf '%s is in Git LFS, and the repository has only a pointer to it; commit the file itself, or fetch it in build\n' "$file" >&2
    exit 5
fi
chmod -R u=rwX,go=rX "$making" && chown -hR kvmctl-build:kvmctl-build "$making" || exit 1
sync -f "$making" 2>/dev/null
mv -T "$making" "$base/releases/$name"
"""#,
    ].joined()

    /// Removes what the role made; the port is closed again.
    static func remove(role: String) -> Script {
        Script(removeText, [role])
    }
    /// Its text, for a script that runs another.
    static let removeText = [
#"""
role=$1

"""#,
        begin,
        SharedScripts.firewalls,
        closePort,
#"""
systemctl disable -q --now "$unit" 2>/dev/null
systemctl stop "kvmctl-build-$role.service" 2>/dev/null
port=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
rm -f "/etc/systemd/system/$unit"; systemctl daemon-reload
closePort "$port"
rm -rf "$base"
"""#,
    ].joined()

    /// Goes back by hand: "$wanted" is the beginning of a commit that is there, or nothing for the one used before.
    ///
    /// Prints the release that is served then. The commit that was left is remembered, so that it is not deployed again.
    static func rollBack(role: String, wanted: String) -> Script {
        Script(rollBackText, [role, wanted])
    }
    /// Its text, for a script that runs another.
    static let rollBackText = [
#"""
role=$1 wanted=$2

"""#,
        begin,
        run,
#"""
current=$(readlink "$base/current") || { echo 'it serves nothing' >&2; exit 1; }
current=${current##*/}
target=
for name in $(ls -1t "$base/releases"); do
    case $name in "$current") continue ;; "$wanted"*) target=$name; break ;; esac
done
case $current in "$wanted"?*) [ -n "$wanted" ] && { echo "current $current"; exit 0; } ;; esac
if [ -z "$target" ]; then
    echo "it has no ${wanted:-commit before}; it has: $(ls -1t "$base/releases" | cut -c1-7 | tr '\n' ' ')" >&2
    exit 6
fi
rm -f "$base"/before.* "$base/unproven"
for file in nginx.conf state held; do
    [ ! -f "$base/$file" ] || ln "$base/$file" "$base/before.$file" || exit 1
done
ln -s "releases/$current" "$base/before.current"
printf '%s' "${current%%-*}" >"$base/held.new" && mv -f "$base/held.new" "$base/held" || exit 1
point "releases/$target" || exit 1
subject=$(git --git-dir="$base/repo.git" log -1 --format=%s "${target%%-*}" 2>/dev/null | tr -d '\000-\037' | head -c 300)
sed "s|^subject .*|subject |" "$base/state" >"$base/state.new"
printf 'subject %s\n' "$subject" >>"$base/state.new"
mv -f "$base/state.new" "$base/state"
touch "$base/releases/$target"
changed=no; renewed=no
run
echo "current $target"
"""#,
    ].joined()

    /// run has the server run with what is written.
    static let run = #"""
run() {
    # Enabling has systemd read everything again.
    [ -e "/etc/systemd/system/multi-user.target.wants/$unit" ] || systemctl enable -q "$unit"
    if ! systemctl is-active --quiet "$unit"; then
        systemctl reset-failed "$unit" 2>/dev/null
        systemctl start "$unit"
    elif [ "$renewed" = yes ]; then systemctl restart "$unit"
    elif [ "$changed" = yes ]; then systemctl reload "$unit"
    fi
}

"""#

    /// Ends with 9 where the unit does not run.
    static let running = #"""
systemctl is-active --quiet "$unit" || { echo "$unit is not running" >&2; exit 9; }

"""#

    /// Writes private/nginx.conf.new from the text "$nginx", with what depends on this guest, and has nginx try it.
    ///
    /// The trial binds no port. A certificate and its key are in a folder named after both, so that the configuration that names
    /// the folder switches to the pair, and back, as one. Ends with 7 where nginx does not take it.
    static let tryConfiguration = #"""
modules=
flags=$(nginx -V 2>&1)
for module in proxy fastcgi uwsgi scgi; do
    case $flags in
        *"--without-http_${module}_module"*) ;;
        *) modules="$modules${module}_temp_path /run/${unit%.service}/$module; " ;;
    esac
done
tls=
if [ -f "$base/private/tls.crt.new" ] && [ -f "$base/private/tls.key.new" ]; then
    tls=tls-$(cat "$base/private/tls.crt.new" "$base/private/tls.key.new" | sha256sum | cut -c1-16)
    mkdir -p "$base/private/$tls" || exit 1
    for file in crt key; do mv -f "$base/private/tls.$file.new" "$base/private/$tls/$file" || exit 1; done
    chgrp -R kvmctl-site "$base/private/$tls" && chmod 0750 "$base/private/$tls" &&
        chmod 0640 "$base/private/$tls/crt" "$base/private/$tls/key" || exit 1
fi
without=
[ -e /proc/net/if_inet6 ] || without='/^ *listen \[::\]/d'
written=$base/private/nginx.conf.new
printf '%s' "$nginx" | sed -e "s|@modules@|$modules|" -e "s|@tls@|$tls|" -e "$without" >"$written.part" || exit 1
proof=$(sha256sum <"$written.part" | cut -c1-32)
sed "s|@proof@|$proof|" <"$written.part" >"$written" && rm -f "$written.part" || exit 1
trial=$base/private/trial
rm -rf "$trial" && mkdir -m 0700 "$trial" || exit 1
sed -e "s|/run/${unit%.service}/|$trial/|g" -e '/^ *listen \[::\]/d' -e "s|^\( *listen \)[0-9]*|\1unix:$trial/s|" \
    <"$written" >"$trial/conf" || exit 1
if ! timeout 30 nginx -t -q -c "$trial/conf" </dev/null 2>"$trial/said"; then
    grep -v 'test failed$' "$trial/said" >&2
    rm -rf "$trial" "$written"
    forgetKeys
    exit 7
fi
rm -rf "$trial"

"""#
}
