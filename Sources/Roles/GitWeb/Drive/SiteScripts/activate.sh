# shellcheck shell=sh
# Switches to a release: nginx is its configuration, service the unit's text, state what the guest remembers.
#
# Prints "proof" and where the server says which release it serves. What was there before is kept beside it, for going back,
# and it is remembered that nobody has seen the new one answer. What nginx does not take, or a port that is taken, changes
# nothing; after any other failure give-back finds out whether there is something to go back from.
role=$1 release=$2 nginx=$3 service=$4 state=$5 port=$6
. ./begin.sh
. ./forget-keys.sh
. ./open-port.sh
. ./run.sh
. ./look-at-port.sh
. ./try-configuration.sh
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
