// Made by .ci/embed-scripts from the files in GitScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

import Fleet

/// What is asked of git on a node, or on this machine where the node cannot.
///
/// A repository is mirrored once for all its instances there. Nothing in a mirror is ever thrown away by git itself: what a
/// guest serves must be found there also after its branch went another way. Keys come through standard input and live in a
/// folder of root's own for as long as the script runs.
enum GitScripts {
    /// What every script for git begins with: git that asks nobody and speaks https, ssh and git only, and what lets it in.
    ///
    /// Standard input is as GitCredentials has it. Password and authority are for the repository's own host: neither a submodule
    /// elsewhere nor a redirection gets them, and no helper of root's own is told what was right.
    static let begin = #"""
umask 077
LC_ALL=C; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
command -v git >/dev/null || { echo 'git is not installed' >&2; exit 4; }
GIT_TERMINAL_PROMPT=0; GIT_ALLOW_PROTOCOL=https:ssh:git; GIT_ASKPASS=/bin/false; SSH_ASKPASS=/bin/false
export GIT_TERMINAL_PROMPT GIT_ALLOW_PROTOCOL GIT_ASKPASS SSH_ASKPASS
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_SSH
# What a script left that was killed: each folder is named after its script's process.
for old in /run/kvmctl-git.*.* "${TMPDIR:-/tmp}"/kvmctl-git.*.*; do
    owner=${old##*/kvmctl-git.}
    [ -d "$old" ] && [ -O "$old" ] && ! kill -0 "${owner%%.*}" 2>/dev/null && rm -rf -- "$old"
done
keys=$(mktemp -d "/run/kvmctl-git.$$.XXXXXX" 2>/dev/null ||
    mktemp -d "${TMPDIR:-/tmp}/kvmctl-git.$$.XXXXXX") || exit 1
asking=no
# `timeout` has a process group of its own, which no signal for the script's reaches.
finish() {
    trap '' HUP INT TERM PIPE
    [ $asking = yes ] && [ -n "$!" ] && { kill -TERM "-$!"; kill -TERM "$!"; } 2>/dev/null
    rm -rf -- "$keys"
}
trap finish EXIT
# A signal may come twice, from the group and from the node's `timeout`: the second must not end what the first began.
trap 'trap "" HUP INT TERM PIPE; exit 1' HUP INT TERM PIPE
cat >"$keys/in"
sed -n 's/^k //p' "$keys/in" >"$keys/key"
sed -n 's/^h //p' "$keys/in" >"$keys/hosts"
sed -n 's/^a //p' "$keys/in" >"$keys/authority"
{ sed -n 's/^u /username=/p' "$keys/in"; sed -n 's/^p /password=/p' "$keys/in"; } >"$keys/login"
# A file, since git before 2.31 reads no settings from variables.
setting() { git config --file "$keys/config" --add "$1" "$2" || exit 1; }
alone=no
if grep -q '^n ' "$keys/in"; then
    # Nothing of this machine logs in: no key, agent or ticket, no .netrc, helper or other setting of its user.
    alone=yes
    HOME=$keys/home; XDG_CONFIG_HOME=$HOME; GIT_CONFIG_NOSYSTEM=1; GIT_CONFIG_GLOBAL=/dev/null
    export HOME XDG_CONFIG_HOME GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL
    unset GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT GIT_CONFIG_SYSTEM GIT_SSL_CERT GIT_SSL_KEY SSH_AUTH_SOCK
    mkdir "$HOME" || exit 1
    setting http.emptyAuth false
fi
setting http.lowSpeedLimit 1; setting http.lowSpeedTime 20; setting gc.auto 0
host=${repo#https://}; host=${host%%/*}; host=https://${host##*@}
[ -s "$keys/authority" ] && setting "http.$host/.sslCAInfo" "$keys/authority"
if [ -s "$keys/login" ]; then
    setting "credential.$host.helper" ''
    setting "credential.$host.helper" "!f() { [ \"\$1\" = get ] && cat '$keys/login'; }; f"
fi
own=$(seat "$repo")
# The key is for the repository's own host: a submodule elsewhere is not offered it.
letIn() {
    [ $alone = no ] || { GIT_SSH_COMMAND=/bin/false; export GIT_SSH_COMMAND; return; }
    ssh='ssh -o BatchMode=yes -o ConnectTimeout=15 -o StrictHostKeyChecking=yes'
    [ -s "$keys/key" ] && [ "$(seat "$1")" = "$own" ] &&
        ssh="$ssh -F none -o IdentitiesOnly=yes -o IdentityFile=$keys/key"
    [ -s "$keys/hosts" ] && ssh="$ssh -o UserKnownHostsFile=$keys/hosts -o GlobalKnownHostsFile=/dev/null"
    GIT_SSH_COMMAND=$ssh; export GIT_SSH_COMMAND
}
letIn "$repo"
mkdir -p "${mirror%/*}" || exit 1
exec 9>>"$mirror.lock" && flock 9 || exit 1
if [ ! -f "$mirror/HEAD" ] || [ ! -d "$mirror/objects" ]; then
    rm -rf -- "$mirror"; git init -q --bare "$mirror" || exit 1
fi
GIT_DIR=$mirror; export GIT_DIR
has() { git cat-file -e "$1^{commit}" 2>/dev/null; }
# ask SECONDS COMMAND…, not from a subshell: only the script itself ends git when it is ended. It waits for git in the
# background, since a trap runs during `wait` and not before a command in the foreground has ended.
ask() {
    patience=$1; shift; asking=yes
    timeout -k 5 "$patience" git -c include.path="$keys/config" "$@" 9>&- &
    wait "$!"; code=$?; asking=no
    return $code
}
keep() { git update-ref "refs/kvmctl/$1" "$1"; }

"""#

    /// Writes a bundle with a commit, its submodules, and of their past what the guest has not; prints what is in it.
    ///
    /// More arguments: the commits that the guest has. Prints "part PATH" and the commit on the next line for each submodule, and
    /// "bundle SIZE", 0 where nothing is needed.
    static func bundle(mirror: String, repo: String, ref: String, commit: String, bundle: String, _ more: [String]) -> Script {
        Script(bundleText, [mirror, repo, ref, commit, bundle] + more)
    }
    /// Its text, for a script that runs another.
    static let bundleText = [
#"""
mirror=$1 repo=$2 ref=$3 commit=$4 bundle=$5
shift 5

"""#,
        seat,
        begin,
#"""
if ! has "$commit"; then
    ask 1500 fetch -q --no-tags -- "$repo" "+refs/heads/$ref:refs/heads/$ref" 2>/dev/null ||
        ask 1500 fetch -q -- "$repo" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*'
    has "$commit" || ask 1500 fetch -q -- "$repo" "$commit"
    has "$commit" || { echo "the repository no longer has the commit $commit" >&2; exit 1; }
fi
keep "$commit"
wanted="refs/kvmctl/$commit"
# submodules COMMIT FOLDER BASE DEPTH
submodules() {
    links=$(git ls-tree -r "$1" | sed -n 's/^160000 commit [0-9a-f]*\t//p') && [ -n "$links" ] || return 0
    if ! git cat-file -e "$1:.gitmodules" 2>/dev/null; then
        printf '.gitmodules has no address for this submodule: %s\n' "$links" >&2; return 1
    fi
    [ "$4" -le 5 ] || { echo 'submodules are nested more than five levels deep' >&2; return 1; }
    git config --blob "$1:.gitmodules" --name-only --get-regexp '^submodule\..*\.path$' >"$keys/modules.$4"
    : >"$keys/handled.$4"
    while IFS= read -r key <&3; do
        name=${key#submodule.}; name=${name%.path}
        path=$(git config --blob "$1:.gitmodules" --get "$key") || continue
        url=$(git config --blob "$1:.gitmodules" --get "submodule.$name.url") || continue
        [ "$(printf '%s' "$path$url" | wc -l)" = 0 ] ||
            { echo 'the path or the address of a submodule contains a line break' >&2; return 1; }
        sub=$(git ls-tree "$1" -- "$path" | sed -n 's/^160000 commit \([0-9a-f]\{40\}\).*/\1/p')
        [ -n "$sub" ] || continue
        echo >>"$keys/handled.$4"
        base=$3
        case $url in
            ./*|../*)
                base=${base%/}
                while :; do case $url in
                    ./*) url=${url#./} ;;
                    ../*) url=${url#../}; base=${base%/*} ;;
                    *) break ;;
                esac; done
                url=$base/$url ;;
        esac
        # Nothing else: git runs a program for some, and reads the host of others where nobody looks for it.
        host='([A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])'
        printf '%s\n' "$url" | grep -Eqx \
            "(https|ssh|git)://([A-Za-z0-9._~+:-]+@)?$host(:[0-9]+)?/.*|[A-Za-z0-9][A-Za-z0-9._-]*@$host:[^:]+" ||
            { echo "the submodule $path has an unsupported address: $url" >&2; return 1; }
        letIn "$url"
        if ! has "$sub"; then
            ask 1500 fetch -q --no-tags -- "$url" "$sub" 2>/dev/null
            if ! has "$sub" && ! ask 1500 fetch -q --no-tags -- "$url" "+refs/heads/*:refs/sub/$sub/*"; then
                printf 'the submodule %s cannot be fetched from %s\n' "$2$path" "$url" >&2
                [ "$(seat "$url")" = "$own" ] || echo 'it is on another host, which receives neither the key nor the login' >&2
                return 1
            fi
            has "$sub" || { echo "the submodule $path has no commit $sub" >&2; return 1; }
        fi
        keep "$sub"; wanted="$wanted refs/kvmctl/$sub"
        printf 'part %s\n%s\n' "$2$path" "$sub"
        submodules "$sub" "$2$path/" "$url" $(($4 + 1)) || return 1
    done 3<"$keys/modules.$4"
    if [ "$(wc -l <"$keys/handled.$4")" -lt "$(git ls-tree -r "$1" | grep -c '^160000 ')" ]; then
        echo 'a submodule has no address in .gitmodules' >&2; return 1
    fi
}
submodules "$commit" '' "$repo" 1 || exit 1
except=
for have; do has "$have" && except="$except ^$have"; done
missing=
for name in $wanted; do
    found=no
    for have; do [ "refs/kvmctl/$have" = "$name" ] && found=yes; done
    [ $found = yes ] || missing=yes
done
if [ -z "$missing" ]; then echo 'bundle 0'; exit 0; fi
mkdir -p "${bundle%/*}" && rm -f -- "$bundle"
# What comes from nothing that the guest has not is an empty bundle, which git refuses: then all of it goes.
git bundle create -q "$bundle" $wanted $except 2>"$keys/said" ||
    git bundle create -q "$bundle" $wanted 2>"$keys/said" || { cat "$keys/said" >&2; exit 1; }
echo "bundle $(stat -c %s "$bundle")"
"""#,
    ].joined()

    /// holds FOLDER and pointer FOLDER look into the tree of the commit "$hash".
    ///
    /// The line that pointers of Git LFS begin with is in both; they are shorter than 1024 bytes (its specification, docs/spec.md).
    static let folders = #"""
holds() {
    at=; rest=$1
    while [ -n "$rest" ]; do
        at=$at${rest%%/*}
        case $(git ls-tree "$hash" -- "$at") in
            '040000 '*) ;;
            '120000 '*|'160000 '*) return 0 ;;
            *) return 1 ;;
        esac
        case $rest in */*) rest=${rest#*/}; at=$at/ ;; *) rest= ;; esac
    done
}
# Prints the first file in the folder that is a pointer of Git LFS.
pointer() {
    git grep -q 'filter=lfs' "$hash" -- ':(glob)**/.gitattributes' || return 0
    git --literal-pathspecs grep -z -l -I '^version https://git-lfs.github.com/spec/v1$' "$hash" ${1:+-- "$1"} | tr '\000' '\n' |
        while IFS= read -r file; do
            # Not a longer text that only shows such lines.
            [ "$(git cat-file -s "$file" 2>/dev/null || echo 1024)" -lt 1024 ] || continue
            [ "$(git cat-file blob "$file" | head -n 1)" = 'version https://git-lfs.github.com/spec/v1' ] || continue
            printf '%s\n' "${file#*:}"
            break
        done
}

"""#

    /// Looks up a ref and fetches what it leads to; prints the kind, the commit, its subject, and how served commits stand to it.
    ///
    /// More arguments: the served commits, --, folders. Of the folders it prints "lacks NUMBER" for one that is not in the commit,
    /// and "pointer NUMBER FILE" where Git LFS keeps a file of it elsewhere. Where there is no such ref it ends with 3, and
    /// "head BRANCH" is the default branch.
    static func resolve(mirror: String, repo: String, ref: String, _ more: [String]) -> Script {
        Script(resolveText, [mirror, repo, ref] + more)
    }
    /// Its text, for a script that runs another.
    static let resolveText = [
#"""
mirror=$1 repo=$2 ref=$3
shift 3

"""#,
        seat,
        begin,
        folders,
#"""
hash=; kind=commit
isHash=no
case $ref in *[!0-9a-f]*) ;; ???????*) isHash=yes ;; esac
[ $isHash = yes ] && [ ${#ref} = 40 ] && has "$ref" && hash=$ref
if [ -z "$hash" ]; then
    ask 60 ls-remote -- "$repo" "refs/heads/$ref" "refs/tags/$ref" "refs/tags/$ref^{}" >"$keys/list" || exit 1
    find() { sed -n "s|^\([0-9a-f]\{40\}\)[[:space:]]$1\$|\1|p" "$keys/list" | head -n 1; }
    hash=$(find "refs/heads/$ref"); kind=branch
    if [ -z "$hash" ]; then hash=$(find "refs/tags/$ref\^{}"); kind=tag; fi
    [ -n "$hash" ] || hash=$(find "refs/tags/$ref")
    if [ -n "$hash" ]; then
        space=heads; [ $kind = branch ] || space=tags
        has "$hash" || ask 1500 fetch -q --no-tags -- "$repo" "+refs/$space/$ref:refs/$space/$ref" || exit 1
    elif [ $isHash = yes ]; then
        kind=commit
        hash=$(git rev-parse -q --verify "$ref^{commit}" 2>/dev/null)
        if [ -z "$hash" ]; then
            ask 1500 fetch -q -- "$repo" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' || exit 1
            hash=$(git rev-parse -q --verify "$ref^{commit}" 2>/dev/null)
        fi
        # A server may give a commit that is on no branch any more.
        if [ -z "$hash" ] && [ ${#ref} = 40 ] && ask 1500 fetch -q -- "$repo" "$ref" 2>/dev/null; then
            hash=$ref
        fi
        [ -n "$hash" ] || exit 3
    else
        ask 60 ls-remote --symref -- "$repo" HEAD >"$keys/list" 2>/dev/null
        sed -n 's|^ref: refs/heads/\(.*\)[[:space:]]HEAD$|head \1|p' "$keys/list"
        exit 3
    fi
fi
has "$hash" || { echo "$ref does not point to a commit" >&2; exit 1; }
hash=$(git rev-parse --verify "$hash^{commit}") || exit 1
keep "$hash"
echo "kind $kind"; echo "commit $hash"
echo "subject $(git log -1 --format=%s "$hash" | head -c 1000 | tr -d '\000')"
number=
for served; do
    if [ -n "$number" ]; then
        if ! holds "$served"; then echo "lacks $number"
        else
            file=$(pointer "$served")
            [ -z "$file" ] || printf 'pointer %s %s\n' "$number" "$file"
        fi
        number=$((number + 1))
    elif [ "$served" = -- ]; then number=0
    elif ! has "$served"; then echo "way $served unknown"
    elif git merge-base --is-ancestor "$served" "$hash"; then
        echo "way $served ahead $(git rev-list --count "$served..$hash")"
    elif git merge-base --is-ancestor "$hash" "$served"; then
        echo "way $served behind $(git rev-list --count "$hash..$served")"
    else echo "way $served apart"; fi
done
"""#,
    ].joined()

    /// seat ADDRESS prints host and port: they tell whether an address is the repository's own host's.
    static let seat = #"""
seat() {
    case $1 in
        *://*) seat=${1#*://}; seat=${seat%%/*}; seat=${seat##*@}; seat=${seat%:22} ;;
        *@'['*']':*) seat=${1#*@}; seat=${seat%%]*}] ;;
        *) seat=${1%%:*}; seat=${seat##*@} ;;
    esac
    printf '%s' "$seat" | tr '[:upper:]' '[:lower:]'
}

"""#
}
