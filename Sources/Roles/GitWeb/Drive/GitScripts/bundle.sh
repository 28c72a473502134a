# shellcheck shell=sh
# Writes a bundle with a commit, its submodules, and of their past what the guest has not; prints what is in it.
#
# More arguments: the commits that the guest has. Prints "part PATH" and the commit on the next line for each submodule, and
# "bundle SIZE", 0 where nothing is needed.
mirror=$1 repo=$2 ref=$3 commit=$4 bundle=$5
shift 5
. ./begin.sh
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
# shellcheck disable=SC2086 # Both are lists of refs and commits, which have no white space.
git bundle create -q "$bundle" $wanted $except 2>"$keys/said" ||
    git bundle create -q "$bundle" $wanted 2>"$keys/said" || { cat "$keys/said" >&2; exit 1; }
echo "bundle $(stat -c %s "$bundle")"
