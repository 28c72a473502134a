# shellcheck shell=sh
# Looks up a ref and fetches what it leads to; prints the kind, the commit, its subject, and how served commits stand to it.
#
# More arguments: the served commits, --, folders. Of the folders it prints "lacks NUMBER" for one that is not in the commit,
# and "pointer NUMBER FILE" where Git LFS keeps a file of it elsewhere. Where there is no such ref it ends with 3, and
# "head BRANCH" is the default branch.
mirror=$1 repo=$2 ref=$3
shift 3
. ./begin.sh
. ./folders.sh
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
