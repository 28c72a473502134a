# shellcheck shell=sh
# Goes back by hand: "$wanted" is the beginning of a commit that is there, or nothing for the one used before.
#
# Prints the release that is served then. The commit that was left is remembered, so that it is not deployed again.
role=$1 wanted=$2
. ./begin.sh
. ./run.sh
current=$(readlink "$base/current") || { echo 'it serves nothing' >&2; exit 1; }
current=${current##*/}
target=
# shellcheck disable=SC2045 # Sorted by time, and named after commits.
for name in $(ls -1t "$base/releases"); do
    case $name in "$current") continue ;; "$wanted"*) target=$name; break ;; esac
done
case $current in "$wanted"?*) [ -n "$wanted" ] && { echo "current $current"; exit 0; } ;; esac
if [ -z "$target" ]; then
    # shellcheck disable=SC2012 # Sorted by time, and named after commits.
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
